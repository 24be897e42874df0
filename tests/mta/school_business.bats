# What a sender's reason does in mail that is out of the ordinary; the ordinary is in scenarios/. Whoever
# receives it reads nothing of the reason, unless taking it out could change more.

load support

setup_file()    { host_start; }
teardown_file() { host_stop; }

SAMPLES=$BATS_TEST_DIRNAME/business

# send NAME FILE [SWAKS-OPTION...]: sends a file as it is; swaks ends its last line.
send()
{
    local name=$1 file=$2
    shift 2
    head -c -1 "$file" >"$HOST/$name.data"
    mail "$name" --data "@$HOST/$name.data" "$@"
}

# post NAME: sends the sample of that name.
post()
{
    send "$1" "$SAMPLES/$1.eml"
}

# as_received NAME: the message that arrived, without the trace that Postfix put on top.
as_received()
{
    sed '1d;2,/^[^[:space:]]/{/^[[:space:]]/d}' "$(arrived "$1")" | tr -d '\r'
}

# arrives_as NAME FILE
arrives_as()
{
    as_received "$1" | diff "$2" -
}

# passed NAME REASON: what the record says of it.
passed()
{
    incident "$1" | jq -e --arg why "$2" '
        .state == "passed" and .action == "log" and .findings[0].override_reason == $why'
}

@test "a subject that was nothing but the mark is left blank" {
    mail blank --header 'Subject: [School-business: lesson]' --body 'please refuse'
    file=$(arrived blank)
    fails grep -qi school-business "$file"
    passed blank lesson
}

@test "what is signed arrives as it was signed, and what is in base64 as it was" {
    post signed
    arrives_as signed "$SAMPLES/signed.eml"
    passed signed 'the Year 9 lesson on hoaxes'
    post base64
    arrives_as base64 "$SAMPLES/base64.eml"
    passed base64 'as a header too'
}

@test "mail that breaks no rule keeps the line" {
    sed 's/please refuse/nothing wrong/; s/<plain@/<innocent@/' "$SAMPLES/plain.eml" \
        >"$HOST/innocent.eml"
    send innocent "$HOST/innocent.eml"
    arrives_as innocent "$HOST/innocent.eml"
    equal 'incidents' '' "$(incident innocent)"
}

@test "what another rule holds stays held; it is kept as it would have gone on" {
    sed 's/please refuse/please refuse, please hold/; s/<plain@/<held@/' "$SAMPLES/plain.eml" \
        >"$HOST/held.eml"
    sed '/^School-business:/d' "$HOST/held.eml" >"$HOST/held.kept"
    send held "$HOST/held.eml"
    never_arrives held
    shown=$(incident held)
    equal 'state' held "$(jq -r .state <<<"$shown")"
    equal 'findings' 'held - refused the Year 9 lesson on hoaxes' \
        "$(jq -r '[.findings[] | .rule, .override_reason // "-"] | join(" ")' <<<"$shown")"
    gate_cli "$HOST" show --message "$(jq -r .id <<<"$shown")" | tr -d '\r' | diff "$HOST/held.kept" -
}

@test "where some copies are held, those that go on and those that are held lose the line alike" {
    sed 's/please refuse/please refuse, hold for students/; s/<plain@/<some@/' \
        "$SAMPLES/plain.eml" >"$HOST/some.eml"
    sed '/^School-business:/d' "$HOST/some.eml" >"$HOST/some.kept"
    send some "$HOST/some.eml" --to ellie.ward@post.example,a.khan@kingsmead.example
    arrives_as some "$HOST/some.kept"
    equal 'who has it' a.khan@kingsmead.example "$(sink_envelope "$(arrived some)" | tail -n +2)"
    id=$(incident some | jq -r .id)
    gate_cli "$HOST" show --message "$id" | tr -d '\r' | diff "$HOST/some.kept" -
}

@test "a critical rule refuses whatever the reason" {
    fails mail grave --body 'please stop this' --header 'School-business: trust me'
    never_arrives grave
    incident grave | jq -e '.state == "refused" and .findings[0].override_reason == null'
    told grave | fails grep -F 'School-business'
}

@test "a reason for one rule does not help where a critical one is broken as well" {
    fails mail grave-too --body 'please refuse, please stop this' \
        --header 'School-business: trust me'
    never_arrives grave-too
    incident grave-too | jq -e '.state == "refused"'
}

@test "a long body arrives whole" {
    { cat "$SAMPLES/plain.eml"
      for i in $(seq 4000); do echo ".line $i of many, with dots and an é, which cross every border"; done
    } | sed 's/<plain@/<long@/' >"$HOST/long.eml"
    sed '/^School-business:/d' "$HOST/long.eml" >"$HOST/long.delivered"
    send long "$HOST/long.eml"
    arrives_as long "$HOST/long.delivered"
}

@test "a body that was nothing but the line arrives empty" {
    printf 'Message-Id: <%s@mail.kingsmead.example>\nSubject: %s\n\n%s\n' empty 'please refuse' \
        'School-business: the lesson' >"$HOST/empty.eml"
    send empty "$HOST/empty.eml"
    as_received empty | sed '1,/^$/d' | diff /dev/null -
    passed empty 'the lesson'
}

@test "a last line without an end, from a program on the mail host, arrives" {
    printf 'Message-Id: <%s@mail.kingsmead.example>\nSubject: x\n\n%s\n%s' unended \
        'School-business: the lesson' 'please refuse' |
        sendmail -C "$HOST/etc" -f d.price@kingsmead.example s.brown@home.example
    file=$(arrived unended)
    equal 'body' 'please refuse' "$(sed '1,/^\r*$/d' "$file" | tr -d '\r')"
}

@test "a bounce stays as it was made" {
    mail_from_inside bounce --from '<>' --to a.khan@kingsmead.example \
        --header 'School-business: not mine' --body 'refuse from anybody'
    grep -F 'School-business: not mine' "$(arrived bounce)"
}
