# What becomes of a message, action by action, on each mail server. Each time four witnesses must
# agree: what came out at the sink, what the SMTP client was told, what is on record, and what the log
# says.

load scenarios

setup_file()    { scenario_host_start; }
teardown_file() { scenario_host_stop; }

teardown() { tail -n 15 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

# refusal_is_readable NAME CODE: at most 5 lines of 100 printable ASCII characters, all of one code,
# the last of them with the incident's number.
refusal_is_readable()
{
    told "$1" | LC_ALL=C awk -v code="$2" '
        { enough = NR <= 5 && length(substr($0, 11)) <= 100 && $0 !~ /[^ -~]/ }
        substr($0, 1, 3) " " substr($0, 5, 5) != code || !enough { print "odd line: " $0; bad = 1 }
        { separator = substr($0, 4, 1); if (last == " ") bad = 1; last = separator }
        END { exit bad || last != " " || NR == 0 }'
}

@test "mail that breaks no rule goes on byte for byte and leaves no trace of anybody" {
    mail pass --header 'Subject: Reading  at home' --body 'Tom is doing well.'
    diff <(as_sent pass) <(as_received pass)
    equal 'incidents' '' "$(incident pass)"
    fails gate_logged "$HOST" s.brown
    gate_cli "$HOST" incidents --json >"$HOST/incidents"
    fails grep s.brown "$HOST/incidents"
}

@test "log: the message goes on unchanged, and is on record" {
    mail log --body 'please count'
    diff <(as_sent log) <(as_received log)
    agree log passed log counted
}

@test "tag: a header says which rule, the subject is marked, nothing else changes" {
    mail tag --header 'Subject: minutes' --body 'please tag'
    agree tag passed tag tagged
    diff <(as_received tag) <(as_sent tag | sed "s/^Subject: minutes/Subject: [checked] minutes/
        0,/^\$/s/^\$/X-Schoolgate: id=$id; rule=tagged; clause=2.6\n/")
}

@test "X-Schoolgate headers of others are removed, whatever becomes of the message" {
    mail forged --body 'quite innocent' --header 'X-Schoolgate: id=KM-FAKE; rule=none' \
        --header 'X-SCHOOLGATE-Release: yes' --header 'X-Schoolgateway: mine'
    file=$(arrived forged)
    fails grep -iE '^X-Schoolgate(-.*)?:' "$file"
    grep '^X-Schoolgateway: mine' "$file"

    mail forged-tag --body 'please tag' --header 'X-Schoolgate: id=KM-FAKE; rule=none' \
        --add-header 'X-Schoolgate: id=KM-FAKE; rule=other' --add-header 'X-Schoolgate: again'
    agree forged-tag passed tag tagged
    equal 'headers' "X-Schoolgate: id=$id; rule=tagged; clause=2.6" \
        "$(grep -i '^X-Schoolgate' "$(arrived forged-tag)")"
}

@test "notify: the message goes on, and the outbox has a note for its sender" {
    mail notify --body 'please notify'
    diff <(as_sent notify) <(as_received notify)
    agree notify passed notify noted
    equal 'notice' 'please-note d.price@kingsmead.example' \
        "$(jq -r '.notices[] | .kind + " " + .to' <<<"$shown")"
}

@test "reject: the sender is told why in plain words, and nobody receives it" {
    filler=$(yes 'a line that nobody needs to keep' | head -40)
    fails mail reject --to s.brown@home.example,a.khan@kingsmead.example \
        --body "secret-word-zebra $filler please refuse"
    agree reject refused reject refused
    refusal_is_readable reject '550 5.7.0'
    # The first line stands alone: many mail programs show no other.
    told reject | head -1 | grep -F 'Chain letter' | grep -F 2.6 | grep -F "$id"
    told reject | grep -F 'This looks like a chain letter: it asks people to pass it on.'
    told reject | grep -F 'Take that part out and send it again.'
    told reject | grep -F 'School-business:'
    told reject | grep -F 'Nobody received it'
    never_arrives reject
    fails gate_cli "$HOST" show --message "$id"
    fails grep -rqF secret-word-zebra "$HOST/record"
}

@test "a refusal stays within its lines and its alphabet, whatever the rule says" {
    fails mail odd --body 'please explain oddly'
    agree odd refused reject hostile-text
    refusal_is_readable odd '550 5.7.0'
    never_arrives odd
}

@test "quarantine: accepted, held byte for byte, and nobody receives it" {
    mail hold --to s.brown@home.example,a.khan@kingsmead.example --body 'please hold' \
        --header 'X-Spaced:   two  spaces ' --header 'X-Tight:none' \
        --header $'X-Folded: a\n\tline  that goes on\n and on' --header $'Subject: caf\xc3\xa9'
    agree hold held quarantine held
    never_arrives hold
    gate_cli "$HOST" show --message "$id" | tr -d '\r' | diff - <(as_sent hold)
    equal 'recipients held' 'quarantine quarantine' \
        "$(jq -r '[.recipients[].action] | join(" ")' <<<"$shown")"
    equal 'notice' 'alert online-safety@kingsmead.example' \
        "$(jq -r '.notices[] | select(.kind == "alert") | .kind + " " + .to' <<<"$shown")"
}

@test "quarantine for some: their copy is held, the others have theirs" {
    mail some --to ellie.ward@post.example,a.khan@kingsmead.example,tombrown09@mail.example \
        --header 'To: parents@home.example' --body 'hold for students'
    agree some held quarantine held-for-some
    diff <(as_sent some) <(as_received some)
    equal 'envelope' 'd.price@kingsmead.example a.khan@kingsmead.example' "$(envelopes some)"
    equal 'per recipient' 'quarantine pass quarantine' \
        "$(jq -r '[.recipients[].action] | join(" ")' <<<"$shown")"
    gate_cli "$HOST" show --message "$id" | tr -d '\r' | diff - <(as_sent some)
}

@test "quarantine mta: it waits in the mail server's queue, and goes on when the postmaster says so" {
    mail park --body 'please park'
    agree park held-mta quarantine parked
    never_arrives park
    queue=$(jq -r .queue <<<"$shown")
    mta_has_parked "$queue"
    mta_flush
    never_arrives park
    mta_unpark "$queue"
    diff <(as_sent park) <(as_received park)
}

# send NAME FILE: sends a file as it is; swaks ends its last line.
send()
{
    head -c -1 "$2" >"$HOST/$1.data"
    mail "$1" --data "@$HOST/$1.data"
}

@test "override: sent again as school business it arrives without the reason, which is on record" {
    local samples=$BATS_TEST_DIRNAME/business name
    sed '/^School-business:/d; s/<plain@/<no-reason@/' "$samples/plain.eml" >"$HOST/no-reason.eml"
    fails send no-reason "$HOST/no-reason.eml"
    told no-reason | grep -F 'School-business: <why>'
    never_arrives no-reason
    for name in plain both headers; do
        send "$name" "$samples/$name.eml"
        as_received "$name" | diff "$samples/$name.delivered" -
        agree "$name" passed log refused
        equal 'what the rule asked for' reject "$(jq -r '.findings[0].action' <<<"$shown")"
        jq -e '.findings[0].override_reason | startswith("the Year 9 lesson")' <<<"$shown"
    done
}

@test "an override is not for what must be held" {
    mail no-override --body 'please hold' --header 'School-business: trust me'
    agree no-override held quarantine held
    never_arrives no-override
}

@test "the copy for a list is held: nobody on the list gets it, the others do" {
    mail list --to "$LIST,a.khan@kingsmead.example" --body 'hold for the list'
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'envelope' 'd.price@kingsmead.example a.khan@kingsmead.example' "$(envelopes list)"
    agree list held quarantine held-for-list
    mail list-passed --to "$LIST" --body 'nothing wrong'
    equal 'envelope' "d.price@kingsmead.example $LIST_MEMBER" "$(envelopes list-passed)"
}

@test "a recipient without a domain is judged as who the mail server takes it for" {
    mail short-rcpt --to "${LIST%%@*},a.khan@kingsmead.example" --body 'hold for the list'
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'envelope' 'd.price@kingsmead.example a.khan@kingsmead.example' "$(envelopes short-rcpt)"
    agree short-rcpt held quarantine held-for-list
    equal 'held for' "$LIST" \
        "$(jq -r '.recipients[] | select(.action == "quarantine").address' <<<"$shown")"
}

@test "a sender without a domain gets past no rule" {
    fails mail_from_inside short-from --from d.price --body 'please refuse'
    told short-from | grep '^5'
    never_arrives short-from
}

@test "an address with a percent sign or a bang is judged and delivered as it stands" {
    for address in nobody%post.example@kingsmead.example post.example!nobody@kingsmead.example; do
        mail "odd-$address" --to "$address" --body 'please count'
        equal 'envelope' "d.price@kingsmead.example $address" "$(envelopes "odd-$address")"
        agree "odd-$address" passed log counted
        equal 'recipient on record' "$address" "$(jq -r '.recipients[].address' <<<"$shown")"
    done
}

@test "who may not write to whom is refused at RCPT; the other recipients are served" {
    mail rcpt --to nobody@post.example,s.brown@home.example --body 'ordinary words'
    equal 'recipients' s.brown@home.example "$(sink_envelope "$(arrived rcpt)" | tail -n +2)"
    refusal_is_readable rcpt '550 5.7.1'
    told rcpt | head -1 | grep -F 'Not an address for staff' | grep -F 1.2
    told rcpt | grep -F 'Ask the office to pass it on.'

    id=$(told rcpt | grep -oE 'KM-[0-9A-Z]+-[0-9A-Z]' | tail -1)
    shown=$(gate_cli "$HOST" show --json "$id")
    equal 'reply on record' "$(told rcpt)" "$(jq -r .reply <<<"$shown")"
    equal 'refused recipient' 'nobody@post.example reject' \
        "$(jq -r '.recipients[] | .address + " " + .action' <<<"$shown")"
    equal 'rule in the log' who-to-whom "$(field "$(log_line "$id")" rule)"
}

@test "a bounce with forbidden words is delivered and logged" {
    mail_from_inside bounce --from '<>' --to a.khan@kingsmead.example \
        --header 'From: MAILER-DAEMON@home.example' --body 'refuse from anybody, hold from anybody'
    diff <(as_sent bounce) <(as_received bounce)
    [ -z "$(told bounce)" ]
    agree bounce passed log anybody-refused,anybody-held
    equal 'what the rules asked for' 'reject quarantine' \
        "$(jq -r '[.findings[].action] | join(" ")' <<<"$shown")"
}

@test "mail from outside is not judged" {
    mail_from_inside incoming --local-interface "$OUTSIDE" --to a.khan@kingsmead.example \
        --body 'please refuse, please hold'
    diff <(as_sent incoming) <(as_received incoming)
    equal 'incidents' '' "$(incident incoming)"
}

@test "mail from inside the school is judged without a login" {
    fails mail_from_inside inside --body 'please refuse'
    agree inside refused reject refused
}

@test "a login speaks for the sender, whatever the envelope says" {
    fails mail login --from s.brown@home.example --body 'please refuse'
    agree login refused reject refused
    equal 'login' d.price@kingsmead.example "$(jq -r .login <<<"$shown")"
}

@test "what comes by mail cannot forge a line or a field of the log" {
    local forged='"x id=KM-FAKE action=pass y"@kingsmead.example'
    lines=$(grep -c . "$HOST/gate.log")
    fails mail_from_inside forge --from "$forged" --body 'please refuse' \
        --header $'Subject: a\x0bid=KM-FAKE action=pass'
    equal 'new lines' $((lines + 1)) "$(grep -c . "$HOST/gate.log")"
    fails grep -E ' (id=KM-FAKE|action=pass)( |$)' "$HOST/gate.log"
}

@test "the whole policy on observe: everything goes on, and what would have happened is on record" {
    cp "$HOST/schoolgate.conf" "$HOST/enforcing.conf"
    sed -i 's/^mode enforce$/mode observe/' "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    mail observed-reject --body 'please refuse'
    mail observed-hold --body 'please hold'
    mail observed-rcpt --to nobody@post.example
    diff <(as_sent observed-reject) <(as_received observed-reject)
    arrived observed-hold
    arrived observed-rcpt
    agree observed-reject passed log refused
    equal 'mode' 'observe reject' "$(jq -r '.findings[0] | .mode + " " + .action' <<<"$shown")"
    agree observed-hold passed log held
    cp "$HOST/enforcing.conf" "$HOST/schoolgate.conf"
    gate_reload "$HOST"
}

@test "who submits mail must log in, and is judged" {
    fails mail_from_inside stranger --server "127.0.0.1:$SUBMISSION_PORT" --body 'nothing wrong'
    told stranger | grep -q '^5'
    mail submitted --server "127.0.0.1:$SUBMISSION_PORT" --body 'nothing wrong'
    diff <(as_sent submitted) <(as_received submitted)
    fails mail submitted-wrong --server "127.0.0.1:$SUBMISSION_PORT" --body 'please refuse'
    agree submitted-wrong refused reject refused
    equal 'login' d.price@kingsmead.example "$(jq -r .login <<<"$shown")"
}
