# Told to stop, schoolgated does so within seconds, whatever it has begun: the work is cut where nothing
# is half done, and goes on at the next start.

load support
load courier

MANY=2000 # held messages that nobody has decided about in time

setup()
{
    HOST=$(new_host stop)
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
}

teardown()
{
    tail -n 25 "$HOST/gate.log"
    [ ! -e "$HOST/lock" ] || unlock_record
    gate_stop "$HOST" || true
    rm -rf "$HOST"
}

# hold_many NUMBER: by several at once, so that they share what the disk takes for each.
hold_many()
{
    local lane lanes=()
    for lane in 1 2 3 4 5 6 7 8; do
        miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D SENDER=d.price@kingsmead.example \
            -D RECIPIENT=s.brown@home.example -D "MANY=$(($1 / 8))" -D 'TEXT=please hold this' \
            -s "$REPO/tests/console/deliver_many.lua" 3>&- &
        lanes+=($!)
    done
    for lane in "${lanes[@]}"; do wait "$lane" || return 1; done
    equal 'held' "$1" "$(sql "SELECT count(*) FROM incident WHERE state = 'held'")"
}

# Fifteen days go by, and there was no purge.
days_later()
{
    sql "UPDATE incident SET at = at - 15 * 86400; DELETE FROM last_done WHERE what LIKE 'purge%';
        UPDATE outbox SET state = 'sent', finished = created"
}

returned() { sql "SELECT count(*) FROM decision WHERE kind = 'return'"; }

more_returned_than() { [ "$(returned)" -gt "$1" ]; }

# stop_in SECONDS: how long it took is in TOOK.
stop_in()
{
    local from=$EPOCHREALTIME
    gate_stop "$HOST" || return 1
    TOOK=$(((${EPOCHREALTIME/./} - ${from/./}) / 1000))
    echo "stopping took $TOOK ms" >&2
    [ "$TOOK" -lt "$(($1 * 1000))" ] || return 1
    fails logged_since 1 'does not stop'
}

@test "in the midst of a purge of thousands; the next start goes on, and none is returned twice" {
    gate_start "$HOST"
    hold_many "$MANY"
    gate_stop "$HOST"
    days_later
    gate_start "$HOST"
    wait_until 60 'the purge to begin' more_returned_than 20
    stop_in 8
    log=$(next_log_line)
    before=$(returned)
    [ "$before" -lt "$MANY" ]
    logged_since 1 'the purge stops here, and goes on at the next start'
    gate_start "$HOST"
    wait_until 60 'the purge to go on' more_returned_than "$before"
    stop_in 8
    equal 'returned twice' 0 "$(sql "SELECT count(*) FROM (SELECT 1 FROM decision
        WHERE kind = 'return' GROUP BY incident HAVING count(*) > 1)")"
    equal 'letters twice' 0 "$(sql "SELECT count(*) FROM (SELECT 1 FROM outbox
        WHERE kind = 'return' GROUP BY incident HAVING count(*) > 1)")"
    equal 'lost' "$MANY" "$(sql "SELECT count(*) FROM incident JOIN held
        ON held.incident = incident.number")"
    gate_cli "$HOST" audit verify
}

nothing_in_hand() { [ "$(sql "SELECT count(*) FROM outbox
    WHERE state = 'sending' OR (state = 'waiting' AND due <= unixepoch())")" = 0 ]; }

# What was being written when the lock came is waited for besides, for 5 seconds a process.
@test "while somebody else has the record to himself" {
    gate_start "$HOST"
    hold_many 8
    wait_until 30 'the courier to have tried all' nothing_in_hand
    lock_record
    stop_in 8
    unlock_record
    gate_start "$HOST"
    gate_cli "$HOST" audit verify
    equal 'held' 8 "$(sql "SELECT count(*) FROM incident WHERE state = 'held'")"
}

# As 'schoolgate doctor' or a backup does for as long as it takes.
@test "while somebody reads the record for long" {
    gate_start "$HOST"
    hold_many 8
    mkfifo "$HOST/ask"
    sqlite3 "$HOST/record/record.db" <"$HOST/ask" >"$HOST/told" 3>&- &
    reader=$!
    exec 7>"$HOST/ask"
    echo 'BEGIN; SELECT count(*) FROM incident;' >&7
    wait_until 30 'the reader to have begun' grep -qx 8 "$HOST/told"
    stop_in 8
    exec 7>&-
    wait "$reader"
}

# The released message is in hand, and nothing was said of it yet.
@test "while a mail server does not say a word; what was in hand is sent by the next courier" {
    port=$(free_port)
    silent_server_start "$port"
    send_with smtp "127.0.0.1:$port"
    gate_start "$HOST"
    hold_many 8
    wait_until 30 'the courier to connect' grep -q connected "$HOST/server"
    in_hand=$(sql "SELECT count(*) FROM outbox WHERE state = 'sending'") # those that go in one letter
    [ "$in_hand" -ge 1 ]
    stop_in 8
    equal 'nothing is given up, or put off' 8 "$(sql "SELECT count(*) FROM outbox
        WHERE kind = 'alert' AND state IN ('waiting', 'sending') AND due <= unixepoch()")"
    log=$(next_log_line)
    gate_start "$HOST"
    wait_until 30 'the next courier' logged_since "$log" 'what was in hand when the courier last ended is sent now: '"$in_hand"
    stop_in 8
    kill "$SILENT_SERVER"
}
