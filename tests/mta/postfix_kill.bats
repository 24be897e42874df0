# schoolgated is killed, again and again, with mail under way. A first Postfix takes the mail in and
# tries again and again; a second one has the filter. In the end nothing is lost, and nothing is held
# twice without saying so.

load support

MESSAGES=600

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
        queue_run_delay=1s default_destination_concurrency_failed_cohort_limit=1000 \
        smtp_connection_cache_on_demand=no
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

# So many messages have come out at either end.
settled()
{
    [ $(($(sink_count "$HOST") + $(grep -c ' action=quarantine ' "$HOST/gate.log"))) -ge "$1" ]
}

new_child()
{
    local child
    child=$(gate_child "$HOST") && [ "$child" != "$1" ]
}

kill_gate()
{
    local child
    child=$(gate_child "$HOST")
    kill -KILL "$child"
    wait_until 30 'the parent to start another gate' new_child "$child"
}

# As systemd does: what is left of the service is killed with it.
kill_parent()
{
    local parent child
    parent=$(cat "$HOST/gate.pid")
    child=$(gate_child "$HOST")
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
    flood $((MESSAGES / 2)) 'ordinary news' &
    local floods=$!
    flood $((MESSAGES / 2)) 'please hold' &
    floods+=" $!"
    for share in 1 2 3 4 5; do
        wait_until 60 "part $share of the mail to have come through" settled $((MESSAGES * share / 8))
        kill_gate
    done
    wait_until 60 'most of the mail to have come through' settled $((MESSAGES * 6 / 8))
    kill_parent
    # shellcheck disable=SC2086 # the list is words; schoolgated is a child now too, and stays
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
    [ "$(grep -c 'status=deferred' "$FIRST/mail.log")" -gt 0 ]
}
