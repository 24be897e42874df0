# What the tests of released mail share: deciding, and watching the courier. See support.bash.

# sql STATEMENTS: in the record, as another process that waits for its turn.
sql()
{
    sqlite3 -cmd '.timeout 20000' "$HOST/record/record.db" "$@"
}

# send_with WAY...: how the courier hands mail over; see schoolgate.conf(5).
send_with()
{
    sed -i "s|^    send-with .*|    send-with  $*|" "$HOST/schoolgate.conf"
}

# Whoever runs the tests may decide.
add_officer()
{
    printf '%s\n' '' 'reviewer v.head' '    role     officer' '    login    root' \
        '    address  v.head@kingsmead.example' >>"$HOST/schoolgate.conf"
}

# Only root may use a Postfix other than the machine's by its sendmail command.
run_as_root()
{
    sed -i '/^    user /d' "$HOST/schoolgate.conf"
    chown -R root "$HOST/record" "$HOST/gate/spool"
}

# write_sendmail [LINE...]: the private Postfix's sendmail command, at $HOST/sendmail, which keeps
# what it is given in $HOST/handed.N. The lines run before, "$message" being that file.
# shellcheck disable=SC2016 # the script expands them
write_sendmail()
{
    {
        printf '%s\n' '#!/bin/sh' 'umask 077' "HOST=$HOST" \
            'message=$HOST/handed.$$' 'cat >"$message"' "$@" \
            'exec /usr/sbin/sendmail -C "$HOST/etc" "$@" <"$message"'
    } >"$HOST/sendmail.new"
    chmod 755 "$HOST/sendmail.new"
    mv "$HOST/sendmail.new" "$HOST/sendmail"
}

# held NAME [SWAKS-OPTION...]: sends mail that is held, and prints its incident.
held()
{
    local name=$1
    shift
    mail "$name" --body "please hold $name" "$@" || return 1
    wait_until 30 'the alert to be sent' nothing_due || return 1
    held_as "$name"
}

held_as()
{
    sql "SELECT id FROM incident WHERE state = 'held'
        AND message_id = '<$1@mail.kingsmead.example>'"
}

# The courier has nothing to do.
nothing_due()
{
    [ "$(sql "SELECT count(*) FROM outbox WHERE state = 'sending'
        OR state = 'waiting' AND due <= unixepoch()")" = 0 ]
}

# release ID...: as the officer does, to leave at once.
release()
{
    gate_cli "$HOST" release "$@" --reason 'The trip is real.' >"$HOST/released.txt"
}

# What waits to be tried again is tried at once.
try_again()
{
    sql "UPDATE outbox SET due = 0 WHERE state = 'waiting'"
}

# state_is ID STATE
state_is()
{
    [ "$(sql "SELECT state FROM incident WHERE id = '$1'")" = "$2" ]
}

await_state()
{
    wait_until 60 "$1 to be $2" state_is "$1" "$2"
}

# copies_at NAME: how many copies of the message the sink has.
copies_at()
{
    arrived_now "$1" | wc -l
}

# logged_since LINE PATTERN: in the log of schoolgated, from that line on.
logged_since()
{
    grep_from "$1" "$HOST/gate.log" -E "$2"
}

next_log_line()
{
    echo $(($(wc -l <"$HOST/gate.log") + 1))
}

courier()
{
    pgrep -P "$(cat "$HOST/gate.pid")" -x schoolgate-cour
}

other_courier()
{
    local pid
    pid=$(courier) && [ "$pid" != "$1" ]
}

# forker and runner: who runs the sendmail command for the courier, and who forks that.
forker()
{
    pgrep -P "$(cat "$HOST/gate.pid")" -x schoolgate-fork
}

runner()
{
    local parent
    parent=$(forker) && pgrep -P "$parent" -x schoolgate-send
}

other_runner()
{
    local pid
    pid=$(runner) && [ "$pid" != "$1" ]
}

# arrived_bytes FILE: a message at the sink without the trace headers that mail servers put on top.
without_trace()
{
    perl -0pe '1 while s/\A(?:Received|Return-Path|Delivered-To):[^\n]*\n(?:[ \t][^\n]*\n)*//' "$1"
}

# held_bytes ID: the held message, its line ends as LF; asked before it is released.
held_bytes()
{
    sql "SELECT hex(message) FROM held JOIN incident ON number = incident WHERE id = '$1'" |
        perl -ne 'chomp; print pack("H*", $_)' | tr -d '\r'
}

# lock_record: nobody else can write to it until unlock_record.
lock_record()
{
    mkfifo "$HOST/lock"
    sqlite3 -cmd '.timeout 20000' "$HOST/record/record.db" <"$HOST/lock" >"$HOST/locked" 3>&- &
    LOCKER=$!
    exec 8>"$HOST/lock"
    echo "BEGIN IMMEDIATE; SELECT 'locked';" >&8
    wait_until 30 'the record to be locked' grep -q locked "$HOST/locked"
}

unlock_record()
{
    echo 'COMMIT;' >&8
    exec 8>&-
    wait "$LOCKER"
    rm "$HOST/lock"
}

# A mail server at PORT that takes connections and says nothing. Its process is in SILENT_SERVER, what
# it tells of them in $HOST/server.
silent_server_start() # PORT
{
    perl -MIO::Socket::INET -e '
        my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 5) or die;
        my @silent; $| = 1; print "open\n";
        while (my $one = $socket->accept) { push @silent, $one; print "connected\n" }' "$1" \
        >"$HOST/server" 3>&- &
    SILENT_SERVER=$!
    wait_until 10 'the server' grep -q open "$HOST/server"
}
