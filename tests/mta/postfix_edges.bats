# What no mail program does on a good day: odd dialogues and huge messages; and what only Postfix has.
# What holds for Sendmail as well is in scenarios/.

load scenarios

setup_file()    { scenario_host_start message_size_limit=80000000; }
teardown_file() { scenario_host_stop; }

descriptors()
{
    find "/proc/$(gate_child "$HOST")/fd" -mindepth 1 2>/dev/null | wc -l
}

descriptors_are_back_to()
{
    [ "$(descriptors)" -le "$1" ]
}

@test "a client that vanishes in the middle of a message leaves nothing behind" {
    mail before
    arrived before
    wait_until 30 'Postfix to let go of the filter' descriptors_are_back_to 64
    open=$(descriptors)
    for round in $(seq 20); do
        talk "vanish-$round" <<END
> EHLO test
$(envelope s.brown@home.example nobody@home.example)
$(letter "vanish-$round" 'please hold')
hang up
END
    done
    wait_until 30 'the descriptors to be closed' descriptors_are_back_to "$open"
    for round in $(seq 20); do
        equal 'incident' '' "$(incident "vanish-$round")"
    done
    fails arrived_now vanish-1
    equal 'files in the spool' '' "$(ls -A "$HOST/gate/spool")"
    fails mail after --body 'please refuse'
}

@test "a thousand recipients: one copy is held, 999 are delivered" {
    talk thousand <<END
> EHLO test
$(envelope $(seq -f 'parent%g@home.example' 999) tombrown09@mail.example)
$(letter thousand 'hold for students')
> .
> QUIT
END
    grep -q '^250 2.0.0 Ok: queued' "$HOST/thousand.smtp"
    never_arrives thousand >/dev/null || true
    for file in $(arrived thousand); do
        sink_envelope "$file" | tail -n +2
    done >"$HOST/thousand.got"
    equal 'recipients served' 999 "$(sort -u "$HOST/thousand.got" | grep -c '^parent.*@home.example$')"
    equal 'deliveries' 999 "$(wc -l <"$HOST/thousand.got")"
    shown=$(incident thousand)
    equal 'held for' tombrown09@mail.example \
        "$(jq -r '.recipients[] | select(.action == "quarantine") | .address' <<<"$shown")"
    equal 'recipients on record' 1000 "$(jq '.recipients | length' <<<"$shown")"
}

# A message with an attachment of 50 MB before its text.
huge_message()
{
    printf '%s\n' 'From: d.price@kingsmead.example' 'Date: Mon, 14 Sep 2026 15:52:11 +0100' \
        "Message-Id: <$1@mail.kingsmead.example>" 'MIME-Version: 1.0' \
        'Content-Type: multipart/mixed; boundary="=_b"' '' '--=_b' \
        'Content-Type: application/octet-stream' 'Content-Transfer-Encoding: base64' ''
    head -c 37000000 /dev/zero | base64
    printf '%s\n' '--=_b' 'Content-Type: text/plain' '' "$2" '--=_b--'
}

send_huge()
{
    huge_message "$1" "$2" >"$HOST/$1.eml"
    talk "$1" <<END
> EHLO test
$(envelope s.brown@home.example)
@ $HOST/$1.eml
> .
> QUIT
END
}

@test "a message of 50 MB is read to its end, and the memory is given back" {
    mail small
    before=$(gate_memory "$HOST")
    send_huge huge-pass 'nothing wrong'
    diff -q <(sed '1d;2,/^[^[:space:]]/{/^[[:space:]]/d}' "$(arrived huge-pass)") "$HOST/huge-pass.eml"
    send_huge huge-refused 'please refuse'
    grep -q '^550.5.7.0 ' "$HOST/huge-refused.smtp"
    equal 'state' refused "$(incident huge-refused | jq -r .state)"
    send_huge huge-held 'please hold'
    id=$(incident huge-held | jq -r .id)
    gate_cli "$HOST" show --message "$id" | tr -d '\r' | cmp - "$HOST/huge-held.eml"
    after=$(gate_memory "$HOST")
    echo "kilobytes before $before, after $after"
    [ "$after" -lt $((before + $(memory_margin 20000))) ]
}

@test "addresses beyond ASCII are judged, held and delivered as they are" {
    talk utf8 <<END
> EHLO test
> MAIL FROM:<zoë.müller@kingsmead.example> SMTPUTF8
> RCPT TO:<josé@home.example>
> DATA
$(letter utf8-1 'please tag')
> .
> MAIL FROM:<zoë.müller@kingsmead.example> SMTPUTF8
> RCPT TO:<josé@home.example>
> DATA
$(letter utf8-2 'please hold')
> .
> QUIT
END
    equal 'envelope' 'zoë.müller@kingsmead.example josé@home.example' \
        "$(sink_envelope "$(arrived utf8-1)" | tr '\n' ' ' | sed 's/ $//')"
    equal 'recipient on record' josé@home.example \
        "$(incident utf8-2 | jq -r '.recipients[0].address')"
    equal 'sender on record' zoë.müller@kingsmead.example "$(incident utf8-2 | jq -r .sender.address)"
    never_arrives utf8-2
}

@test "what a content filter hands back is not judged a second time" {
    mail handed-back --server "127.0.0.1:$REINJECT_PORT" --body 'please refuse'
    diff <(as_sent handed-back) <(as_received handed-back)
    equal 'incident' '' "$(incident handed-back)"
}
