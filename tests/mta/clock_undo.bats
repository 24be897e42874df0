# What can be undone, at the last second of the time for it, and while the clock jumps an hour ahead or
# back: a decision goes out or is taken back, never both, never neither, and never twice.

load support
load courier
load clock

HOUR=3600
UNDO=300 # seconds, as where the school says nothing

setup_file() { clock_host_start; }

setup()
{
    under_our_clock
    clock_is +0
}

teardown() { tail -n 25 "$HOST/gate.log"; } # shown when a test fails

teardown_file() { host_stop; }

release_undoable() # ID...
{
    decide release "$@" --undoable --reason 'The trip is real.'
}

undo() # ID
{
    "${GATE_UNDER[@]}" "$BUILD/schoolgate" undo -c "$HOST/schoolgate.conf" "$1" --reason 'A mistake.' \
        >"$HOST/undone.$1" 2>&1
}

# The courier has looked into the outbox, and found nothing to do: what was put there behind the rest has
# been sent, and once more, as what lies far ahead comes last. Killed, it might have one in hand.
courier_has_looked()
{
    local turn
    for turn in first second; do
        mail "look-$turn" --body "please hold what looks" || return 1
        wait_until 60 'the courier to have looked' courier_is_idle || return 1
    done
}

courier_is_idle()
{
    [ "$(sql "SELECT count(*) FROM outbox WHERE state = 'sending'")" = 0 ] && nothing_due_by_our_clock
}

nothing_due_by_our_clock()
{
    local offset
    read -r offset <"$HOST/clock"
    [ "$(sql "SELECT count(*) FROM outbox WHERE state = 'waiting' AND due <= unixepoch() + ${offset#+}")" = 0 ]
}

# came_to ID NAME: "sent" or "undone", having waited until it is certain; fails where it is neither.
came_to()
{
    wait_until 60 "$1 to come to an end" ended "$1" || return 1
    case $(sql "SELECT state FROM incident WHERE id = '$1'") in
    released)
        arrived "$2" >/dev/null || return 1
        equal "$2: copies" 1 "$(copies_at "$2")" || return 1
        echo sent
        ;;
    held)
        equal "$2: what waits" 0 "$(sql "SELECT count(*) FROM outbox JOIN incident
            ON incident.number = outbox.incident WHERE id = '$1' AND kind = 'release'
            AND outbox.state NOT IN ('withdrawn')")" || return 1
        echo undone
        ;;
    esac
}

ended() { state_is "$1" released || state_is "$1" held; }

hold_by_our_clock() # NAME: sets ID
{
    mail "$1" --body "please hold $1" || return 1
    wait_until 30 'the alert to be sent' courier_is_idle || return 1
    ID=$(held_as "$1")
    [ -n "$ID" ]
}

@test "at the last second: each is sent once, or undone and not sent" {
    local names=() ids=() n
    for n in $(seq 24); do
        mail "last$n" --body "please hold last$n"
        ids+=("$(held_as "last$n")")
        names+=("last$n")
    done
    wait_until 60 'the alerts to be sent' courier_is_idle
    release_undoable "${ids[@]}"
    clock_is "+$((UNDO - 1))"
    # The courier begins with the first; we with the last, until both meet.
    for n in $(seq 23 -1 0); do undo "${ids[n]}" || true; done
    : >"$HOST/ends"
    for n in $(seq 0 23); do
        came=$(came_to "${ids[n]}" "${names[n]}")
        echo "$came" >>"$HOST/ends"
        if grep -q 'can no longer be undone' "$HOST/undone.${ids[n]}"; then
            equal "${names[n]}, which was refused" sent "$came"
        else
            equal "${names[n]}, which was undone" undone "$came"
        fi
    done
    sort "$HOST/ends" | uniq -c >&2
    wait_until 30 'the queue to drain' nothing_to_deliver
    for n in $(seq 0 23); do
        [ "$(sed -n "$((n + 1))p" "$HOST/ends")" = sent ] || fails arrived_now "${names[n]}"
    done
    gate_cli "$HOST" audit verify
}

@test "an hour ahead: it goes out once, and then cannot be undone" {
    hold_by_our_clock ahead
    release_undoable "$ID"
    clock_is +$HOUR
    await_state "$ID" released
    fails undo "$ID"
    grep -q 'can no longer be undone' "$HOST/undone.$ID"
    clock_is +0 # and back again
    courier_has_looked
    equal 'it came to' sent "$(came_to "$ID" ahead)"
    fails undo "$ID"
    equal 'copies' 1 "$(copies_at ahead)"
}

@test "an hour back: it is not lost, and goes out once" {
    hold_by_our_clock back
    release_undoable "$ID"
    clock_is -$HOUR
    courier_has_looked
    # Be it that it has gone, or that it waits: once its time has come by that clock, it has.
    clock_is "+$((UNDO + 2))"
    courier_has_looked
    equal 'it came to' sent "$(came_to "$ID" back)"
    clock_is +0
    courier_has_looked
    equal 'copies' 1 "$(copies_at back)"
}

@test "undone while the clock is an hour back, or refused: never both" {
    hold_by_our_clock perhaps
    release_undoable "$ID"
    clock_is -$HOUR
    if undo "$ID"; then expected=undone; else expected=sent; fi
    clock_is "+$((UNDO + 2))"
    courier_has_looked
    equal 'it came to' "$expected" "$(came_to "$ID" perhaps)"
    clock_is +$HOUR
    courier_has_looked
    if [ $expected = undone ]; then never_arrives perhaps; else equal 'copies' 1 "$(copies_at perhaps)"; fi
}

@test "what was undone stays undone, whichever way the clock jumps" {
    hold_by_our_clock stays
    release_undoable "$ID"
    undo "$ID"
    for offset in "+$((UNDO + 2))" +$HOUR -$HOUR +0; do
        clock_is "$offset"
        courier_has_looked
        state_is "$ID" held
    done
    never_arrives stays
    release_undoable "$ID"
    clock_is "+$((UNDO + 2))"
    await_state "$ID" released
    equal 'it came to' sent "$(came_to "$ID" stays)"
}
