# schoolgated beside a private Postfix in DIR: configuration in DIR/schoolgate.conf, socket in
# DIR/gate, record in DIR/record, log in DIR/gate.log. It runs as nobody, as it would run as a user
# of its own on a mail host. Needs BUILD, the folder of the programs.

# gate_create DIR: lays out the folders. The configuration is the caller's.
gate_create()
{
    install -d -m 755 "$1/gate"
    install -d -o nobody -m 700 "$1/record" "$1/gate/spool"
}

# gate_start DIR: returns when schoolgated has said that it is ready; fails, showing the log, when it
# does not. The words of the array GATE_UNDER, if it is set, are put before the command. GATE_LOG is
# the file that tells, where it is not DIR/gate.log.
gate_start()
{
    local dir=$1 log=${GATE_LOG:-$1/gate.log} from=1
    [ ! -e "$log" ] || from=$(($(wc -l <"$log") + 1))
    rm -f "$dir/gate/milter.sock"
    setsid "${GATE_UNDER[@]}" "$BUILD/schoolgated" -f -c "$dir/schoolgate.conf" \
        </dev/null >>"$dir/gate.log" 2>&1 3>&- &
    echo $! >"$dir/gate.pid"
    disown # so that the shell neither waits for it nor remarks on its end
    wait_until 30 'schoolgated to start' gate_started_or_died "$dir" "$from" "$log"
    gate_is_up "$dir" && return 0
    cat "$log" >&2
    return 1
}

gate_started_or_died()
{
    grep_from "$2" "$3" -F 'is ready at' || process_gone "$(cat "$1/gate.pid")"
}

gate_is_up()
{
    [ -S "$1/gate/milter.sock" ] && ! process_gone "$(cat "$1/gate.pid")" &&
        gate_child "$1" >/dev/null
}

# Stops it in order. Fails when it had to be killed.
gate_stop()
{
    local status=0
    [ -s "$1/gate.pid" ] || return 0
    end_process "$(cat "$1/gate.pid")" schoolgated || status=1
    rm -f "$1/gate.pid"
    return $status
}

# The process that judges, and the one that reads attachments: the parent's children.
gate_child()
{
    pgrep -P "$(cat "$1/gate.pid")" -x schoolgate-gate
}

gate_reader()
{
    pgrep -P "$(cat "$1/gate.pid")" -x schoolgate-read
}

gate_logged()
{
    grep -qF -e "$2" "$1/gate.log"
}

# schoolgate's command line on the record in DIR.
gate_cli()
{
    local dir=$1 verb=$2
    shift 2
    "$BUILD/schoolgate" "$verb" -c "$dir/schoolgate.conf" "$@"
}

RELOADED='the configuration was loaded again'
NOT_RELOADED='kept the old configuration'

# Has the configuration read again. Fails when it was not taken.
gate_reload()
{
    local log=$1/gate.log from
    from=$(($(wc -l <"$log") + 1))
    kill -HUP "$(cat "$1/gate.pid")"
    wait_until 30 'schoolgated to read its configuration again' \
        grep_from "$from" "$log" -E "$RELOADED|$NOT_RELOADED" || return 1
    grep_from "$from" "$log" "$RELOADED"
}

# grep_from LINE FILE GREP-ARGUMENT...: looks from that line on.
grep_from()
{
    local line=$1 file=$2
    shift 2
    tail -n "+$line" "$file" | grep -q "$@"
}

# Kilobytes that the judging process has for itself.
gate_memory()
{
    awk '/^RssAnon:/ {print $2}' "/proc/$(gate_child "$1")/status"
}
