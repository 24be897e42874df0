# Every process of a running service, as the kernel sees it: what it has given up, and what it has open.

load support
load courier
load slapd

setup_file()
{
    HOST=$(new_host confined)
    export HOST
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    PORT=$(free_port)
    export PORT
    printf '\nconsole\n    listen 127.0.0.1:%s\n\nreviewer okafor\n    role officer\n' "$PORT" \
        >>"$HOST/schoolgate.conf"
    send_with smtp 127.0.0.1:9
    slapd_create "$HOST" 40
    chmod 755 "$HOST/ldap"
    slapd_start "$HOST"
    slapd_block "$HOST" "server ldaps://127.0.0.1:$LDAPS_PORT" >>"$HOST/schoolgate.conf"
    (ulimit -c unlimited && gate_start "$HOST")
    wait_until 20 'all processes' all_are_there
}

teardown() { tail -n 15 "$HOST/gate.log"; } # shown when a test fails

teardown_file()
{
    gate_stop "$HOST"
    slapd_stop "$HOST"
    rm -rf "$HOST"
}

parent() { cat "$HOST/gate.pid"; }
process() { pgrep -P "$(parent)" -x "schoolgate-$1"; }
children() { pgrep -P "$(parent)"; }
everybody() { parent && children; }

# Each in its cage: what it has given up is the last that it does before its work.
all_are_there()
{
    local name
    for name in gate read cour web dir; do
        [ "$(status_of "$(process $name)" Seccomp_filters)" -ge 3 ] || return 1
    done
}

status_of() { sed -n "s/^$2:\t*//p" "/proc/$1/status"; } # PID FIELD

# files_of PID: what each of its descriptors is.
files_of() { find "/proc/$1/fd" -type l -printf '%f %l\n' | sort -n; }

has_socket() { files_of "$1" | grep -qF "socket:[$2]"; } # PID INODE

milter_socket() { awk -v path="$HOST/gate/milter.sock" '$4 == "00010000" && index($8, path) {print $7}' /proc/net/unix; }
pages_socket() { awk -v port=":$(printf %04X "$PORT")" '$4 == "0A" && index($2, port) {print $10}' /proc/net/tcp; }

@test "nobody can gain privileges, has any of root's, or makes calls that are not listed" {
    equal 'processes' 6 "$(everybody | wc -l)"
    for pid in $(everybody); do
        equal "$pid: no new privileges" 1 "$(status_of "$pid" NoNewPrivs)"
        equal "$pid: filter" 2 "$(status_of "$pid" Seccomp)"
        equal "$pid: capabilities" 0000000000000000 "$(status_of "$pid" CapEff)"
        equal "$pid: capabilities to be had" 0000000000000000 "$(status_of "$pid" CapPrm)"
        [ "$(id -u nobody)" -eq "$(status_of "$pid" Uid | cut -f 1)" ]
    done
    fails grep -E 'cannot confine|works without' "$HOST/gate.log"
}

@test "no process leaves its memory in a file, or lets its like look into it" {
    for pid in $(everybody); do
        grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits"
        grep -qE '^Max locked memory +0 +0 ' "/proc/$pid/limits"
    done
    ldd "$BUILD/schoolgated" | grep -q 'lib[at]san' && return 0 # it is looked into for leaks
    for pid in $(everybody); do
        fails setpriv --reuid=nobody --regid=nogroup --clear-groups cat "/proc/$pid/maps" 2>/dev/null
    done
}

@test "nobody reads from where the service was started, or writes there but to the log" {
    for pid in $(children); do
        equal "$pid: input" /dev/null "$(readlink "/proc/$pid/fd/0")"
        equal "$pid: output" /dev/null "$(readlink "/proc/$pid/fd/1")"
    done
}

@test "who listens where has that socket, and nobody else but the parent" {
    [ -n "$(milter_socket)" ] && [ -n "$(pages_socket)" ]
    has_socket "$(parent)" "$(milter_socket)"
    has_socket "$(process gate)" "$(milter_socket)"
    has_socket "$(process web)" "$(pages_socket)"
    for name in read cour web dir; do
        fails has_socket "$(process $name)" "$(milter_socket)"
    done
    for name in read cour gate dir; do
        fails has_socket "$(process $name)" "$(pages_socket)"
    done
}

@test "what reads attachments has nothing open but where it is asked" {
    local reader
    reader=$(process read)
    equal 'descriptors' '0 1 2 3 4' "$(files_of "$reader" | cut -d ' ' -f 1 | xargs)"
    fails grep -q "$HOST" <(files_of "$reader")
    grep -qE '^Max file size +0 +0 ' "/proc/$reader/limits"
    grep -qE '^Max open files +1024 +1024 ' "/proc/$reader/limits"
}

@test "the courier has open the record and its lock, and nothing of the others" {
    run bash -c "find /proc/$(process cour)/fd -type l -printf '%l\n' |
        grep -vE '^(/dev/null|socket:.*|pipe:.*|$HOST/(record/.*|gate.log)|anon_inode:.*|/proc/$(process cour)/(statm|fd))$'"
    [ -z "$output" ]
    grep -qE '^Max open files +256 +256 ' "/proc/$(process cour)/limits"
    fails grep -qE 'signalfd|spool' <(files_of "$(process cour)")
    fails grep -q signalfd <(files_of "$(process gate)")
}

@test "what asks directories has open no file of ours but the log" {
    run bash -c "find /proc/$(process dir)/fd -type l -printf '%l\n' |
        grep -vE '^(/dev/null|socket:.*|pipe:.*|$HOST/gate.log|anon_inode:.*)$'"
    [ -z "$output" ]
    grep -qE '^Max open files +256 +256 ' "/proc/$(process dir)/limits"
}

state() { cat "$HOST/record/directory/kingsmead.state" 2>/dev/null; }
asked_at() { state | grep -qF "server=$1" && fails grep '^error=' <(state); }

# ask_at SERVER [LINE...]: the service goes by a block that names that one.
ask_at()
{
    sed -i '/^directory /,$d' "$HOST/schoolgate.conf"
    slapd_block "$HOST" "server $1" "${@:2}" >>"$HOST/schoolgate.conf"
    gate_reload "$HOST"
    wait_until 20 "an answer from $1" asked_at "$1"
}

@test "confined, it asks in every way there is" {
    wait_until 20 'an answer by TLS' asked_at "ldaps://127.0.0.1:$LDAPS_PORT"
    ask_at "ldap://127.0.0.1:$LDAP_PORT" 'start-tls yes'
    ask_at "ldap://localhost:$LDAP_PORT"
    ask_at "$(slapd_local "$HOST")"
    ask_at "ldaps://127.0.0.1:$LDAPS_PORT"
}

restarts() { grep -c 'the keeper of directories .* is started again' "$HOST/gate.log"; }
has_asked_since() { [ "$(state | sed -n 's/^tried=//p')" -gt "$1" ]; }

@test "a password file that was replaced, as editors do, is read by another process" {
    local keeper before
    ask_at "ldaps://127.0.0.1:$LDAPS_PORT" 'refresh 5s'
    keeper=$(process dir)
    cp -p "$HOST/ldap/password" "$HOST/ldap/password.new"
    mv "$HOST/ldap/password.new" "$HOST/ldap/password"
    wait_until 20 'another process' another_keeper "$keeper"
    before=$(state | sed -n 's/^tried=//p')
    wait_until 20 'it to ask' has_asked_since "$before"
    fails grep '^error=' <(state)
    equal 'started again as one that died' 0 "$(restarts)"
}

another_keeper() { local now; now=$(process dir) && [ "$now" != "$1" ]; }
same_gate() { [ "$(process gate)" = "$1" ]; }
another_gate() { local now; now=$(process gate) && [ "$now" != "$1" ]; }

@test "a reload keeps the gate where it reaches all that is named, and replaces it where not" {
    local gate elsewhere
    gate=$(process gate)
    echo '# nothing new' >>"$HOST/policy.rules"
    gate_reload "$HOST"
    same_gate "$gate"
    elsewhere=$(new_host elsewhere)
    chmod 755 "$elsewhere"
    printf 'list far\n    about what lies elsewhere\n    entry far.example\n' >"$elsewhere/far.rules"
    echo "include $elsewhere/far.rules" >>"$HOST/schoolgate.conf"
    gate_reload "$HOST"
    another_gate "$gate"
    gate_logged "$HOST" 'has files or folders that the running one is kept from'
    gate=$(process gate)
    gate_reload "$HOST" # which the new one does itself, from there
    same_gate "$gate"
    sed -i '/^include .*far.rules/d' "$HOST/schoolgate.conf"
    rm -r "$elsewhere"
}

@test "a command that needs another group is for a service started with it" {
    send_with sendmail /bin/false
    gate_reload "$HOST" || true
    wait_until 10 'to be told' gate_logged "$HOST" "'send-with' has changed: that takes effect only with a restart"
    equal 'no new privileges' 1 "$(status_of "$(parent)" NoNewPrivs)"
    send_with smtp 127.0.0.1:9
}

all_send_by_command() { all_are_there && runner; }

@test "where the courier sends by command, only what runs it may gain privileges, and it has nothing else" {
    local pid courier log
    gate_stop "$HOST"
    send_with sendmail /bin/false
    log=$(next_log_line)
    gate_start "$HOST"
    wait_until 20 'all processes' all_send_by_command
    for pid in $(everybody); do
        [ "$pid" != "$(forker)" ] || continue
        equal "$pid: no new privileges" 1 "$(status_of "$pid" NoNewPrivs)"
        equal "$pid: filter" 2 "$(status_of "$pid" Seccomp)"
    done
    for pid in $(forker) $(runner); do
        equal "$pid: may gain privileges" 0 "$(status_of "$pid" NoNewPrivs)"
        equal "$pid: capabilities" 0000000000000000 "$(status_of "$pid" CapEff)"
        [ "$(id -u nobody)" -eq "$(status_of "$pid" Uid | cut -f 1)" ]
        equal "$pid: descriptors besides the standard ones" 'socket:' \
            "$(files_of "$pid" | sed -n 's/^\([3-9]\|[1-9][0-9]\+\) \([a-z]*:\).*/\2/p')"
        fails grep -qF "$HOST/record" <(files_of "$pid")
        grep -qE '^Max core file size +0 +0 ' "/proc/$pid/limits"
        grep -qE '^Max open files +256 +256 ' "/proc/$pid/limits"
        fails setpriv --reuid=nobody --regid=nogroup --clear-groups cat "/proc/$pid/maps" 2>/dev/null
    done
    # By SMTP and back again, the courier alone is another; another command takes a restart.
    courier=$(process cour)
    send_with smtp 127.0.0.1:9
    gate_reload "$HOST"
    wait_until 20 'another courier' other_courier "$courier"
    courier=$(process cour)
    send_with sendmail /bin/false
    gate_reload "$HOST"
    wait_until 20 'another courier' other_courier "$courier"
    fails logged_since "$log" "'send-with' has changed"
    send_with sendmail /bin/true
    gate_reload "$HOST" || true
    wait_until 10 'to be told' logged_since "$log" "'send-with' has changed: that takes effect only with a restart"
}

@test "stopped, it leaves nobody behind" {
    local pid pids
    pids="$(forker) $(runner) $(everybody | xargs)"
    gate_stop "$HOST"
    for pid in $pids; do
        process_gone "$pid"
    done
    gate_start "$HOST"
}
