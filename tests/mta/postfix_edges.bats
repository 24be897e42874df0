# What no mail program does on a good day: odd dialogues, huge messages, changes of policy under way,
# and parts of schoolgate that are not there.

load support

setup_file()    { host_start message_size_limit=80000000; }
teardown_file() { host_stop; }

# A test that failed half-way must not leave its policy to the next one.
teardown()
{
    [ -e "$HOST/before.rules" ] || return 0
    mv "$HOST/before.rules" "$HOST/policy.rules"
    gate_reload "$HOST"
}

# talk NAME: holds the dialogue on standard input; the server's words are left in $HOST/NAME.smtp.
talk()
{
    "$TALK" "$POSTFIX_PORT" "$INSIDE" >"$HOST/$1.smtp"
}

# letter NAME WORDS: a message, as lines of a dialogue.
letter()
{
    printf '| %s\n' "Message-Id: <$1@mail.kingsmead.example>" 'Subject: letter' '' "$2"
}

# envelope RECIPIENT...: the same of its envelope, up to DATA.
envelope()
{
    echo '> MAIL FROM:<d.price@kingsmead.example>'
    printf '> RCPT TO:<%s>\n' "$@"
    echo '> DATA'
}

descriptors()
{
    find "/proc/$(gate_child "$HOST")/fd" -mindepth 1 2>/dev/null | wc -l
}

descriptors_are_back_to()
{
    [ "$(descriptors)" -le "$1" ]
}

@test "each message on a connection is judged by itself" {
    talk second <<END
> EHLO test
$(envelope s.brown@home.example)
$(letter second-1 'please refuse')
> .
$(envelope s.brown@home.example)
$(letter second-2 'nothing wrong')
> .
$(envelope s.brown@home.example)
$(letter second-3 'please refuse')
> .
> QUIT
END
    equal 'final replies' '550 250 550' \
        "$(grep -E '^(550 5|250 2.0.0 Ok: queued)' "$HOST/second.smtp" | cut -c1-3 | tr '\n' ' ' | sed 's/ $//')"
    arrived second-2
    never_arrives second-1
    never_arrives second-3
    equal 'incident of the innocent one' '' "$(incident second-2)"
}

@test "RSET forgets the recipients and the sender named so far" {
    talk rset <<END
> EHLO test
> MAIL FROM:<>
> RCPT TO:<tombrown09@mail.example>
> RSET
$(envelope s.brown@home.example)
$(letter rset-1 'hold for students')
> .
> RSET
$(envelope tombrown09@mail.example)
$(letter rset-2 'hold for students')
> .
> QUIT
END
    arrived rset-1
    equal 'incident of the first' '' "$(incident rset-1)"
    never_arrives rset-2
    equal 'recipients of the second' tombrown09@mail.example \
        "$(incident rset-2 | jq -r '[.recipients[].address] | join(" ")')"
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

@test "a message larger than may be read is held as unscannable, not passed as clean" {
    cp "$HOST/policy.rules" "$HOST/before.rules"
    printf '\nlimits\n    message-size  100K\n' >>"$HOST/policy.rules"
    gate_reload "$HOST"
    mail large --body "$(head -c 100000 /dev/zero | tr '\0' x | fold -w 70) nothing wrong"
    never_arrives large
    equal 'on record' 'held unscannable' \
        "$(incident large | jq -r '.state + " " + .findings[0].rule')"
    mail small-enough --body 'nothing wrong'
    arrived small-enough
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

@test "a message under way is judged by the policy it began with" {
    cp "$HOST/policy.rules" "$HOST/before.rules"
    talk reload <<END &
> EHLO test
$(envelope s.brown@home.example)
touch $HOST/half-way
until $HOST/reloaded
$(letter reload-1 'please refuse')
> .
$(envelope s.brown@home.example)
$(letter reload-2 'please refuse')
> .
> QUIT
END
    talker=$!
    wait_until 30 'the message to be under way' test -e "$HOST/half-way"
    sed -i 's/please refuse/please reject/' "$HOST/policy.rules"
    gate_reload "$HOST"
    touch "$HOST/reloaded"
    wait "$talker"
    equal 'the message under way' refused "$(incident reload-1 | jq -r .state)"
    arrived reload-2
    fails mail reload-3 --body 'please reject'
}

@test "a policy with an error is not taken: the old one stays, and the log says where the error is" {
    cp "$HOST/policy.rules" "$HOST/before.rules"
    sed -i 's/^    action    reject$/    acton     reject/' "$HOST/policy.rules"
    line=$(grep -n acton "$HOST/policy.rules" | head -1 | cut -d: -f1)
    fails gate_reload "$HOST"
    gate_logged "$HOST" "policy.rules:$line:5: error: unknown setting 'acton'"
    fails mail broken --body 'please refuse'
    told broken | grep -F 'Chain letter'
}

# submit NAME RECIPIENT WORDS: by the sendmail command, as a program on the mail host does.
submit()
{
    printf '%s\n' "Message-Id: <$1@mail.kingsmead.example>" 'Subject: report' '' "$3" |
        sendmail -C "$HOST/etc" -f d.price@kingsmead.example "$2"
}

@test "mail by the sendmail command is judged too" {
    submit local-pass s.brown@home.example 'nothing wrong'
    arrived local-pass
    submit local-held s.brown@home.example 'please hold'
    never_arrives local-held
    equal 'state' held "$(incident local-held | jq -r .state)"
}

@test "what SMTP would refuse at RCPT comes back to who sent it by the sendmail command" {
    submit local-rcpt nobody@post.example 'ordinary words'
    wait_until 30 'the message to come back' grep -rqF 'Staff do not write to this address' \
        "$HOST/outside"
    file=$(grep -rlF 'Staff do not write to this address' "$HOST/outside" | head -1)
    equal 'envelope' ' d.price@kingsmead.example' "$(sink_envelope "$file" | tr '\n' ' ' | sed 's/ $//')"
    fails grep -q nobody@post.example "$HOST/outside/index"
}

@test "while schoolgated is down mail is deferred, never passed on; afterwards all is well" {
    gate_stop "$HOST"
    fails mail_from_inside down --body 'nothing wrong'
    told down | grep -q '^451 4.7.1 '
    submit down-local s.brown@home.example 'nothing wrong'
    fails arrived_now down
    gate_start "$HOST"
    mail up --body 'nothing wrong'
    arrived up
    postqueue -c "$HOST/etc" -f
    arrived down-local
}
