# The clock jumps a year ahead, or a year back, at every step of a release: no message is lost, none
# arrives twice, and nothing is deleted at one stroke. And what has run out while it was on its way is
# judged again.

load support
load courier
load clock

YEAR=$((365 * 86400)) # seconds

setup_file() { clock_host_start; }

setup()
{
    under_our_clock
    write_sendmail
    rm -f "$HOST/begun" "$HOST/go"
}

teardown()
{
    tail -n 25 "$HOST/gate.log" "$HOST/mail.log" # shown when a test fails
    clock_is +0
}

teardown_file() { host_stop; }

release_by_that_clock() { decide release "$ID" --reason 'The trip is real.'; }

# A courier that begins looks at once what is due for today: a purge, if it dared.
new_courier()
{
    local pid
    pid=$(courier)
    kill -KILL "$pid"
    wait_until 60 'another courier' other_courier "$pid"
}

# What a purge would take away.
kept()
{
    sql "SELECT (SELECT count(*) FROM incident), (SELECT count(*) FROM held),
        (SELECT min(number) FROM audit)"
}

# The steps, each as what is done around the moment at which the clock becomes $1.

before_decision()
{
    clock_is "$1"
    release_by_that_clock
}

before_hand_over()
{
    local pid
    pid=$(courier)
    kill -STOP "$pid"
    release_by_that_clock
    clock_is "$1"
    kill -CONT "$pid"
}

before_gate() # the command has the message, with its token
{
    write_sendmail ': >"$HOST/begun"; while [ ! -e "$HOST/go" ]; do sleep 0.05; done'
    release_by_that_clock
    wait_until 30 'the hand-over to begin' test -e "$HOST/begun"
    clock_is "$1"
    : >"$HOST/go"
}

afterwards()
{
    release_by_that_clock
    await_state "$ID" released
    arrived "$NAME" >/dev/null
    clock_is "$1"
}

# It is on its way no more: it has arrived once, or it is held again, for its token had run out.
arrives_or_is_held()
{
    await_state "$ID" released || return 1
    if [ "$1" = before_gate+$YEAR ]; then
        wait_until 30 'it to be held again' is_held_again || return 1
        never_arrives "$NAME" || return 1
        logged_since "$LOG" "id=$ID .*token=expired" || return 1
        equal 'refusals on the trail' 1 "$(sql "SELECT count(*) FROM audit
            WHERE action = 'token-refused' AND incident = '$ID'")" || return 1
        clock_is +0
        ID=$(held_as "$NAME")
        release_by_that_clock
    fi
    arrived "$NAME" >/dev/null || return 1
    wait_until 30 'the queue to drain' nothing_to_deliver || return 1
    equal "$1: copies" 1 "$(copies_at "$NAME")"
}

is_held_again() { [ -n "$(held_as "$NAME")" ]; }

jumps() # YEAR-WITH-SIGN
{
    local step before
    for step in before_decision before_hand_over before_gate afterwards; do
        clock_is +0
        NAME=$step$1
        write_sendmail
        ID=$(held "$NAME")
        rm -f "$HOST/begun" "$HOST/go"
        LOG=$(next_log_line)
        "$step" "$1" || return 1
        arrives_or_is_held "$step$1" || return 1
    done
    # By the wrong clock nothing is old.
    clock_is "$1"
    before=$(kept)
    LOG=$(next_log_line)
    new_courier
    wait_until 30 'the new courier to have looked' looked_at_purge "$1" || return 1
    equal 'kept' "$before" "$(kept)"
    # And nothing was lost by a clock that was put right again.
    clock_is +0
    new_courier
    wait_until 30 'all to be sent' nothing_due || return 1
    equal 'kept' "$before" "$(kept)"
    gate_cli "$HOST" audit verify
}

looked_at_purge()
{
    case $1 in
    +*) logged_since "$LOG" 'nothing is purged: the last purge was 365 days ago' ;;
    -*) logged_since "$LOG" 'nothing is purged: the last purge was 36[45] days ahead' ;;
    esac
}

@test "a year ahead, at every step of a release" { jumps +$YEAR; }

@test "a year back, at every step of a release" { jumps -$YEAR; }

# What was spent is not forgotten by a clock that ran wild, nor by what was done by it meanwhile.
@test "a year ahead and back again: a token that was used is still worth nothing" {
    NAME=replayed
    ID=$(held replayed)
    release_by_that_clock
    await_state "$ID" released
    arrived replayed >/dev/null
    token=$(grep -lF 'Message-Id: <replayed@' "$HOST"/handed.*)
    clock_is +$YEAR
    new_courier
    ID=$(held meanwhile)
    release_by_that_clock
    await_state "$ID" released
    clock_is +0
    log=$(next_log_line)
    swaks --server "127.0.0.1:$POSTFIX_PORT" --timeout 60 --auth PLAIN \
        --auth-user d.price@kingsmead.example --auth-password "$PASSWORD" \
        --from d.price@kingsmead.example --to s.brown@home.example --data "@$token" \
        >"$HOST/replay.smtp" 2>&1
    wait_until 30 'it to be held again' is_held_again
    logged_since "$log" 'token=used%20already'
    never_more_than_once
}

never_more_than_once()
{
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at "$NAME")"
}
