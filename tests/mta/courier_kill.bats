# The courier is killed at every step of sending in turn, and so is who runs the sendmail command for
# it; the record is locked, and the disk is full: what was to be sent is sent, and once. In one window
# alone, behind the mail server's "taken" and before that is on record, a second copy goes out, with the
# same Message-ID.

load support
load courier

setup_file()
{
    host_create
    run_as_root
    add_officer
    write_sendmail
    send_with sendmail "$HOST/sendmail"
    mount -t tmpfs -o size=16m,mode=700 schoolgate-test "$HOST/record"
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown()
{
    tail -n 25 "$HOST/gate.log" "$HOST/mail.log" # shown when a test fails
    [ -z "${SECOND:-}" ] || kill -TERM "$SECOND" 2>/dev/null || true
}

teardown_file()
{
    postfix_stop "$HOST"
    gate_stop "$HOST"
    umount "$HOST/record"
    host_stop
}

setup()
{
    write_sendmail
    rm -f "$HOST/begun"
}

# The steps, each as what it does to the process in $HOST/victim while ID is released: courier or runner.
# What the sendmail command does is done by the first one that runs.

victim() { cat "$HOST/victim"; }
KILL_VICTIM='kill -KILL $(cat "$HOST/victim")'

before_take()
{
    kill -STOP "$(victim)"
    release "$ID"
    [ "$VICTIM" = courier ] || wait_until 30 'it to be in hand' release_is sending
    kill -KILL "$(victim)"
}

after_take() # in hand, and the mail server has heard nothing
{
    sed -i '2i HOST='"$HOST"'; [ -e $HOST/begun ] || { : >$HOST/begun; '"$KILL_VICTIM"'; exec sleep 60; }' \
        "$HOST/sendmail"
    release "$ID"
}

during_hand_over() # the command has read part of the message
{
    sed -i '2i HOST='"$HOST"'; [ -e $HOST/begun ] || { : >$HOST/begun; head -c 200 | /usr/sbin/sendmail \
        -C $HOST/etc -bs >/dev/null; '"$KILL_VICTIM"'; exec sleep 60; }' "$HOST/sendmail"
    release "$ID"
}

after_taken() # and before that is on record
{
    write_sendmail '[ -e "$HOST/begun" ] || {' \
        '/usr/sbin/sendmail -C "$HOST/etc" "$@" <"$message"; : >"$HOST/begun"' \
        "$KILL_VICTIM; exec sleep 60; }"
    release "$ID"
}

after_record()
{
    release "$ID"
    await_state "$ID" released
    kill -KILL "$(victim)"
}

release_is()
{
    [ "$(sql "SELECT outbox.state FROM outbox JOIN incident ON incident.number = outbox.incident
        WHERE id = '$ID' AND kind = 'release'")" = "$1" ]
}

# What was put off is not waited for.
is_released()
{
    try_again
    state_is "$ID" released
}

# killed_at_every_step VICTIM
killed_at_every_step()
{
    local step pid
    VICTIM=$1
    for step in before_take after_take during_hand_over after_taken after_record; do
        rm -f "$HOST/begun"
        write_sendmail
        ID=$(held "killed-$1-$step")
        pid=$("$1")
        echo "$pid" >"$HOST/victim"
        "$step"
        wait_until 60 "another $1" "other_$1" "$pid"
        wait_until 60 "$ID to be released" is_released
        arrived "killed-$1-$step" >/dev/null
        never_more
        case $step in
        after_taken) equal "$step" 2 "$(copies_at "killed-$1-$step")" ;;
        *) equal "$step" 1 "$(copies_at "killed-$1-$step")" ;;
        esac
        equal 'in hand' 0 "$(sql "SELECT count(*) FROM outbox WHERE state = 'sending'")"
    done
}

@test "the courier is killed at every step: it is sent once, but for the one window, and never lost" {
    killed_at_every_step courier
}

@test "who runs the command is killed at every step: it is sent once, but for the one window, and never lost" {
    killed_at_every_step runner
}

@test "who would start that anew is killed: schoolgated ends, and when it is started again it is sent once" {
    local pid
    ID=$(held forker)
    write_sendmail ': >"$HOST/begun"; while [ ! -e "$HOST/go" ]; do sleep 0.05; done'
    rm -f "$HOST/go"
    release "$ID"
    wait_until 30 'the hand-over to begin' test -e "$HOST/begun"
    pid=$(cat "$HOST/gate.pid")
    kill -KILL "$(forker)"
    wait_until 30 'schoolgated to end' process_gone "$pid"
    gate_logged "$HOST" 'has died; schoolgated ends, so as to be started again'
    fails state_is "$ID" released
    : >"$HOST/go"
    gate_start "$HOST"
    wait_until 60 "$ID to be released" is_released
    arrived forker >/dev/null
    never_more
    equal 'copies' 1 "$(copies_at forker)"
}

# Nothing more is under way to the sink.
never_more()
{
    wait_until 30 'the maildrop to be empty' maildrop_is_empty
    wait_until 30 'the queue to drain' nothing_to_deliver
}

maildrop_is_empty()
{
    [ -z "$(find "$HOST/queue/maildrop" "$HOST/queue/incoming" -type f)" ]
}

@test "the record is locked when it is to be taken: it is sent once, later" {
    ID=$(held locked)
    log=$(next_log_line)
    pid=$(courier)
    kill -STOP "$pid"
    release "$ID"
    lock_record
    kill -CONT "$pid"
    wait_until 60 'the courier to complain' logged_since "$log" 'nothing can be sent for now'
    unlock_record
    await_state "$ID" released
    arrived locked >/dev/null
    never_more
    equal 'copies' 1 "$(copies_at locked)"
}

@test "the record is locked when the mail server has taken it: it is sent once all the same" {
    ID=$(held locked-after)
    write_sendmail ': >"$HOST/begun"; while [ ! -e "$HOST/go" ]; do sleep 0.05; done'
    rm -f "$HOST/go"
    release "$ID"
    wait_until 30 'the hand-over to begin' test -e "$HOST/begun"
    log=$(next_log_line)
    lock_record
    : >"$HOST/go"
    wait_until 60 'the courier to complain' logged_since "$log" 'nothing can be sent for now'
    unlock_record
    await_state "$ID" released
    arrived locked-after >/dev/null
    never_more
    equal 'copies' 1 "$(copies_at locked-after)"
}

@test "the disk is full: nothing is sent that cannot be put on record, and once there is room it is" {
    ID=$(held full)
    pid=$(courier)
    kill -STOP "$pid"
    release "$ID"
    cat /dev/zero >"$HOST/record/ballast" 2>/dev/null || true
    log=$(next_log_line)
    kill -CONT "$pid"
    wait_until 60 'the courier to complain' logged_since "$log" 'nothing can be sent for now'
    never_arrives full
    rm "$HOST/record/ballast"
    await_state "$ID" released
    arrived full >/dev/null
    never_more
    equal 'copies' 1 "$(copies_at full)"
}

# The first lines of the command, so that the disk is full from the seventh message on.
FILL_UP='n=$(($(cat "$HOST/count" 2>/dev/null || echo 0) + 1)); echo $n >"$HOST/count"
[ $n -ne 7 ] || cat /dev/zero >"$HOST/record/ballast" 2>/dev/null || true'

flood()
{
    smtp-source -m 20 -l 2000 -S 'please hold' -M test.kingsmead.example \
        -f d.price@kingsmead.example -t s.flood@home.example "inet:127.0.0.1:$POSTFIX_PORT" \
        >"$HOST/flood.log" 2>&1 3>&-
}

ids_to() { sql "SELECT id FROM incident JOIN copy ON number = incident WHERE address = '$1'"; }

all_released()
{
    [ "$(sql "SELECT count(*) FROM copy WHERE address = 's.flood@home.example'
        AND state = 'released'")" = 20 ]
}

@test "the disk is full while twenty are released: once there is room each of them arrives, once" {
    flood
    wait_until 60 'the alerts to be sent' nothing_due
    equal 'held' 20 "$(ids_to s.flood@home.example | wc -l)"
    log=$(next_log_line)
    write_sendmail "$FILL_UP"
    # shellcheck disable=SC2046 # the list is words
    release $(ids_to s.flood@home.example)
    wait_until 60 'the courier to complain' logged_since "$log" 'nothing can be sent for now'
    fails all_released
    rm "$HOST/record/ballast"
    wait_until 120 'all to be released' all_released
    never_more
    grep 's\.flood@home\.example' "$HOST/outside/index" | cut -f1 |
        xargs -I{} grep -ih '^Message-Id:' "$HOST/outside/{}.eml" | sort >"$HOST/flood.ids"
    equal 'arrived' 20 "$(wc -l <"$HOST/flood.ids")"
    equal 'different ones' 20 "$(sort -u "$HOST/flood.ids" | wc -l)"
    gate_cli "$HOST" audit verify
}

@test "a second courier waits for the first, and takes over when it ends" {
    sed 's|unix:gate/|unix:gate/second-|' "$HOST/schoolgate.conf" >"$HOST/second.conf"
    setsid "$BUILD/schoolgated" -f -c "$HOST/second.conf" </dev/null >"$HOST/second.log" 2>&1 3>&- &
    SECOND=$!
    wait_until 30 'the second courier to see the first' grep -q 'another courier works on' \
        "$HOST/second.log"
    ID=$(held two-couriers)
    release "$ID"
    await_state "$ID" released
    fails grep -q 'kind=release' "$HOST/second.log"
    kill -TERM "$SECOND"
    wait "$SECOND"
    never_more
    equal 'copies' 1 "$(copies_at two-couriers)"
}

@test "a courier that is told to stop finishes what it has in hand" {
    ID=$(held stopped)
    write_sendmail ': >"$HOST/begun"; while [ ! -e "$HOST/go" ]; do sleep 0.05; done'
    rm -f "$HOST/go"
    release "$ID"
    wait_until 30 'the hand-over to begin' test -e "$HOST/begun"
    pid=$(cat "$HOST/gate.pid")
    kill -TERM "$pid"
    wait_until 30 'the gate to be told' gate_logged "$HOST" 'stopping'
    : >"$HOST/go"
    wait_until 30 'schoolgated to stop' process_gone "$pid"
    state_is "$ID" released
    gate_start "$HOST"
    never_more
    arrived stopped >/dev/null
    equal 'copies' 1 "$(copies_at stopped)"
}
