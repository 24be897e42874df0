# Ten thousand messages through Postfix and schoolgated, twenty at a time: every one of them is
# accounted for, and the process that judged them is as small afterwards as before.

load support

PASSING=8000
HELD=1000
REFUSED=1000

setup_file()    { host_start; }
teardown_file() { host_stop; }

# flood COUNT SESSIONS SUBJECT: without giving up at refusals.
flood()
{
    smtp-source -A -s "$2" -m "$1" -l 2000 -S "$3" -M test.kingsmead.example \
        -f d.price@kingsmead.example -t s.brown@home.example "inet:127.0.0.1:$POSTFIX_PORT" \
        >>"$HOST/flood.log" 2>&1 3>&-
}

# Nine of ten sessions' worth at a time, so that the three kinds are under way together.
flood_all()
{
    local share=$1
    flood $((PASSING / share)) 16 'ordinary news' &
    flood $((HELD / share)) 2 'please hold' &
    flood $((REFUSED / share)) 2 'please refuse' &
    wait
}

descriptors()
{
    find "/proc/$(gate_child "$HOST")/fd" -mindepth 1 2>/dev/null | wc -l
}

quiet()
{
    nothing_to_deliver && [ "$(descriptors)" -le "${1:-1000}" ]
}

count_state()
{
    gate_cli "$HOST" incidents --state "$1" --json | wc -l
}

@test "of 10,000 messages each is delivered, held or refused; memory and descriptors stay flat" {
    idle=$(descriptors)
    flood_all 5
    wait_until 60 'the first part to be delivered' quiet $((idle + 2))
    early=$(gate_memory "$HOST")
    child=$(gate_child "$HOST")

    flood $((PASSING * 4 / 5)) 16 'ordinary news' &
    flood $((HELD * 4 / 5)) 2 'please hold' &
    flood $((REFUSED * 4 / 5)) 2 'please refuse' &
    wait
    wait_until 120 'the rest to be delivered' quiet $((idle + 2))
    late=$(gate_memory "$HOST")

    equal delivered "$PASSING" "$(sink_count "$HOST")"
    equal held "$HELD" "$(count_state held)"
    equal refused "$REFUSED" "$(count_state refused)"
    equal 'refused by SMTP' "$REFUSED" \
        "$(grep -c 'milter-reject: END-OF-MESSAGE .* 5\.7\.0 ' "$HOST/mail.log")"
    equal 'deferred by SMTP' 0 "$(grep -cE 'milter-reject: .* 4\.[0-9]' "$HOST/mail.log")"
    equal 'delivered twice' '' "$(grep -h '^Message-Id:' -r "$HOST/outside" | sort | uniq -d)"
    equal 'held twice' '' \
        "$(gate_cli "$HOST" incidents --state held --json | jq -r .message_id | sort | uniq -d)"
    equal 'process' "$child" "$(gate_child "$HOST")"

    echo "# kilobytes after 2,000 messages $early, after 10,000 $late" >&3
    # A leak of 512 bytes a message would add 4,000 kilobytes.
    [ "$late" -lt $((early + 4000)) ]
}
