# schoolgated is killed, again and again, with mail under way. A first Postfix takes the mail in and
# tries again and again; a second one has the filter. In the end nothing is lost, and nothing is held
# twice without saying so.

load support

ROUND=100 # messages sent around each of six kills
MESSAGES=$((6 * ROUND))

setup_file()
{
    host_start
    FILTERED=$HOST
    OUTWARD_PORT=$SINK_PORT
    # The first Postfix delivers to the second, which is its outside world.
    FIRST=$(new_host first)
    export FILTERED FIRST
    SINK_PORT=$POSTFIX_PORT
    postfix_create "$FIRST" "mynetworks=$INSIDE" minimal_backoff_time=1s maximal_backoff_time=2s \
        queue_run_delay=1s default_destination_concurrency_failed_cohort_limit=1000
    postfix_start "$FIRST"
    FIRST_PORT=$POSTFIX_PORT
    SINK_PORT=$OUTWARD_PORT
    export FIRST_PORT
}

teardown_file()
{
    postfix_stop "$FIRST"
    host_stop
    rm -rf "$FIRST"
}

flood()
{
    smtp-source -s 4 -m "$1" -l 2000 -S "$2" -M test.kingsmead.example \
        -f d.price@kingsmead.example -t s.brown@home.example "inet:127.0.0.1:$FIRST_PORT" \
        >>"$HOST/flood.log" 2>&1 3>&-
}

# flood_round: half of them ordinary, half to be held; leaves the processes in `floods`.
flood_round()
{
    flood $((ROUND / 2)) 'ordinary news' &
    floods+=" $!"
    flood $((ROUND / 2)) 'please hold' &
    floods+=" $!"
}

settled()
{
    echo $(($(sink_count "$HOST") + $(grep -c ' action=quarantine ' "$HOST/gate.log")))
}

# More messages than COUNT have come out at either end.
settled_more_than()
{
    [ "$(settled)" -gt "$1" ]
}

new_child()
{
    local child
    child=$(gate_child "$HOST") && [ "$child" != "$1" ]
}

# The first Postfix is in the middle of handing over several messages.
handing_over()
{
    [ "$(postfix_queue "$FIRST" | grep -c '"queue_name": *"active"')" -ge 5 ]
}

# While mail goes through: kill the gate at once.
kill_at_once()
{
    local before child
    before=$(settled)
    child=$(gate_child "$HOST")
    flood_round
    wait_until 60 'the first of the mail to come through' settled_more_than "$before"
    kill -KILL "$child"
    wait_until 60 'the parent to start another gate' new_child "$child"
}

# Kill the gate when messages wait for its answer: it is stopped first.
kill_in_the_act()
{
    local before child
    before=$(settled)
    child=$(gate_child "$HOST")
    flood $((ROUND / 2)) 'please hold' &
    floods+=" $!"
    wait_until 60 'the first of the mail to come through' settled_more_than "$before"
    kill -STOP "$child"
    flood $((ROUND / 2)) 'ordinary news' &
    floods+=" $!"
    wait_until 60 'messages to wait for the gate' handing_over
    kill -KILL "$child"
    wait_until 60 'the parent to start another gate' new_child "$child"
}

# As systemd does when the parent dies: what is left of the service is killed with it.
kill_parent()
{
    local before parent child
    before=$(settled)
    parent=$(cat "$HOST/gate.pid")
    child=$(gate_child "$HOST")
    flood_round
    wait_until 60 'the first of the mail to come through' settled_more_than "$before"
    kill -KILL "$parent"
    kill -KILL "$child" || true
    wait_until 30 'schoolgated to be gone' process_gone "$parent"
    wait_until 30 'the gate to be gone' process_gone "$child"
    gate_start "$HOST"
}

all_delivered()
{
    postfix_queue_is_empty "$FIRST" && postfix_queue_is_empty "$HOST"
}

message_ids()
{
    sed -n 's/.* message-id=//p' "$FIRST/mail.log" | sort -u
}

@test "killed six times with mail under way: nothing is lost, nothing is held twice unmarked" {
    local floods=
    kill_at_once
    kill_in_the_act
    kill_at_once
    kill_in_the_act
    kill_at_once
    kill_parent
    # shellcheck disable=SC2086 # the list is words
    wait $floods
    wait_until 120 'both queues to be empty' all_delivered

    gate_cli "$HOST" incidents --json >"$HOST/incidents"
    message_ids >"$HOST/sent"
    grep -rh '^Message-Id:' "$HOST/outside" | cut -d' ' -f2 | sort >"$HOST/delivered"
    jq -r .message_id "$HOST/incidents" | sort >"$HOST/held"
    equal 'messages sent' "$MESSAGES" "$(wc -l <"$HOST/sent")"
    echo 'lost:'
    diff "$HOST/sent" <(sort -u "$HOST/delivered" "$HOST/held")
    equal 'both delivered and held' '' "$(comm -12 <(sort -u "$HOST/delivered") <(sort -u "$HOST/held"))"
    equal delivered $((MESSAGES / 2)) "$(wc -l <"$HOST/delivered")"
    equal held $((MESSAGES / 2)) "$(sort -u "$HOST/held" | wc -l)"
    # Held again after its answer was lost: each but the first says of which it is a duplicate.
    equal 'unmarked duplicates' "$(sort -u "$HOST/held" | wc -l)" \
        "$(jq -r 'select(.duplicate_of == null) | .message_id' "$HOST/incidents" | wc -l)"
    echo "# held again and marked: $(jq -r 'select(.duplicate_of != null) | .id' "$HOST/incidents" | wc -l)" >&3
    echo "# deferrals on the way: $(grep -c 'status=deferred' "$FIRST/mail.log")" >&3
    equal 'gates that were killed' 5 "$(grep -c 'was killed by signal 9' "$HOST/gate.log")"
}
