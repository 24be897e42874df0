# A held message is released through a real Postfix: it arrives once, as it was, at those it was held
# for, from whom it was from; and whoever has seen its token cannot use it again.

load support
load courier

setup_file()
{
    host_create
    touch "$HOST/access"
    postconf -c "$HOST/etc" -e \
        "smtpd_recipient_restrictions=check_recipient_access texthash:$HOST/access"
    run_as_root
    add_officer
    write_sendmail
    send_with sendmail "$HOST/sendmail"
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

teardown_file() { host_stop; }

# Hands over by SMTP to the private Postfix from now on.
by_smtp()
{
    send_with smtp "127.0.0.1:$POSTFIX_PORT"
    by_new_courier
}

by_sendmail()
{
    send_with sendmail "$HOST/sendmail"
    by_new_courier
}

# In either way it is confined.
by_new_courier()
{
    local pid
    pid=$(courier)
    gate_reload "$HOST" || return 1
    wait_until 30 'another courier' other_courier "$pid" || return 1
    wait_until 30 'it to be confined' is_confined "$(courier)"
}

is_confined() { grep -q '^NoNewPrivs:.*1' "/proc/$1/status" && grep -q '^Seccomp:.*2' "/proc/$1/status"; }

# mail_server_says [ADDRESS REPLY...]: what Postfix answers to mail for that address from now on.
mail_server_says()
{
    if [ $# -gt 0 ]; then echo "$*"; fi >"$HOST/access"
    postfix_stop "$HOST" # who has a connection already goes by the old table
    postfix_again
}

# On the same port.
postfix_again()
{
    postfix -c "$HOST/etc" start >/dev/null 2>&1 3>&-
    wait_until 20 'Postfix to answer' port_answers "$POSTFIX_PORT"
}

# The message arrived once, as it was, from whom it was from, at exactly RECIPIENTS.
arrived_as_held() # NAME RECIPIENT...
{
    local name=$1 file
    shift
    file=$(arrived "$name") || return 1
    equal 'copies' 1 "$(wc -l <<<"$file")" || return 1
    cmp <(without_trace "$file") "$HOST/$name.held" || return 1
    equal 'sender' d.price@kingsmead.example "$(sink_envelope "$file" | head -1)" || return 1
    equal 'recipients' "$(printf '%s\n' "$@" | sort)" "$(sink_envelope "$file" | tail -n +2 | sort)"
}

hold_and_release() # NAME SWAKS-OPTION...: sets ID
{
    ID=$(held "$@")
    [ -n "$ID" ] || return 1
    held_bytes "$ID" >"$HOST/$1.held"
    release "$ID"
}

@test "by the sendmail command: once, byte for byte, to those it was held for, from its sender" {
    hold_and_release command --to 's.brown@home.example,a.green@home.example' \
        --header 'To: everybody@kingsmead.example' --header 'Cc: nobody@home.example' \
        --body $'please hold this: \xc3\xa9\n.\nFrom here on\n..two dots\n\n\n'
    await_state "$ID" released
    arrived_as_held command s.brown@home.example a.green@home.example
    fails grep -q 'X-Schoolgate-Release' "$(arrived command)"
    wait_until 30 'the gate to have said so' logged_since 1 "id=$ID queue=[^ ]+ state=released-through"
    logged_since 1 "id=$ID kind=release state=sent attempts=1 "
    equal 'audit' 1 "$(sql "SELECT count(*) FROM audit WHERE incident = '$ID' AND action = 'sent'")"
    [ "$(sql "SELECT settled > 0 FROM incident WHERE id = '$ID'")" = 1 ]
}

@test "by SMTP: the same" {
    by_smtp
    hold_and_release smtp --to 's.brown@home.example,a.green@home.example' \
        --body $'please hold this: \xc3\xa9\n.\nFrom here on\n..two dots\n\n\n'
    await_state "$ID" released
    arrived_as_held smtp s.brown@home.example a.green@home.example
    fails grep -q 'X-Schoolgate-Release' "$(arrived smtp)"
}

@test "what schoolgate has marked stays marked" {
    by_smtp
    hold_and_release marked --body 'please hold this, and please tag it'
    await_state "$ID" released
    arrived_as_held marked s.brown@home.example
    grep -qx "X-Schoolgate: id=$ID; rule=tagged; clause=2.6" "$(arrived marked)"
    grep -q '^Subject: \[checked\] ' "$(arrived marked)"
}

@test "what a rule says of who writes to whom does not stop it on its way" {
    by_smtp
    # The rule comes after the message was held.
    ID=$(held later-rule --to f.late@home.example)
    held_bytes "$ID" >"$HOST/later-rule.held"
    sed -i 's/address nobody@post.example/address nobody@post.example, address f.late@home.example/' \
        "$HOST/policy.rules"
    gate_reload "$HOST"
    fails mail stranger --to f.late@home.example --body 'nothing wrong'
    release "$ID"
    await_state "$ID" released
    arrived_as_held later-rule f.late@home.example
}

@test "the sender is told that it has gone on, from nobody, and once" {
    hold_and_release told --to s.brown@home.example
    await_state "$ID" released
    equal 'notices' 1 "$(sql "SELECT count(*) FROM outbox JOIN incident
        ON incident.number = outbox.incident WHERE id = '$ID' AND kind = 'released'
        AND address = 'd.price@kingsmead.example'")"
    # The first such notice has gone; for an hour there is no other about the same rule.
    wait_until 30 'a notice to arrive' released_notice_arrived
    equal 'notices sent' 1 "$(sql "SELECT count(*) FROM outbox WHERE kind = 'released'
        AND state = 'sent'")"
}

# From nobody, so that nothing answers it.
released_notice_arrived()
{
    grep -lF "$(printf '\t\td.price@kingsmead.example')" "$HOST/outside/index" &&
        [ "$(sql "SELECT count(*) FROM outbox WHERE kind = 'released' AND state = 'sent'")" -ge 1 ]
}

@test "the mail server says not now, then takes it: it arrives once" {
    by_smtp
    ID=$(held not-now --to s.brown@home.example)
    held_bytes "$ID" >"$HOST/not-now.held"
    log=$(next_log_line)
    mail_server_says s.brown@home.example '450 4.2.1 not now'
    release "$ID"
    wait_until 30 'the courier to be put off' logged_since "$log" \
        "id=$ID kind=release state=later attempts=1 words=450%204.2.1"
    state_is "$ID" releasing
    mail_server_says
    try_again
    await_state "$ID" released
    arrived_as_held not-now s.brown@home.example
}

@test "the mail server says never: it is held again, and the officer is told" {
    by_smtp
    ID=$(held never --to s.brown@home.example)
    log=$(next_log_line)
    mail_server_says s.brown@home.example '550 5.1.1 no such person'
    release "$ID"
    wait_until 30 'the courier to give up' logged_since "$log" "id=$ID kind=release: the courier gives up"
    state_is "$ID" held
    equal 'notices' online-safety@kingsmead.example "$(sql "SELECT address FROM outbox JOIN incident
        ON incident.number = outbox.incident WHERE id = '$ID' AND kind = 'undelivered'")"
    equal 'audit' 1 "$(sql "SELECT count(*) FROM audit WHERE incident = '$ID'
        AND action = 'given-up' AND detail LIKE '%no such person%'")"
    mail_server_says
    never_arrives never
    # And it can be released once more.
    held_bytes "$ID" >"$HOST/never.held"
    release "$ID"
    await_state "$ID" released
    arrived_as_held never s.brown@home.example
}

@test "one of two recipients is refused: the other gets it, and only that one's copy is held again" {
    by_smtp
    ID=$(held half --to 's.brown@home.example,a.gone@home.example')
    held_bytes "$ID" >"$HOST/half.held"
    mail_server_says a.gone@home.example '550 5.1.1 has left'
    release "$ID"
    arrived_as_held half s.brown@home.example
    await_state "$ID" held
    equal 'copies' 's.brown@home.example released
a.gone@home.example held' "$(sql "SELECT address || ' ' || copy.state FROM copy JOIN incident
        ON incident.number = copy.incident WHERE id = '$ID' ORDER BY position")"
    mail_server_says
}

@test "the mail server is down, and comes back: it arrives once" {
    by_smtp
    ID=$(held down --to s.brown@home.example)
    held_bytes "$ID" >"$HOST/down.held"
    log=$(next_log_line)
    postfix_stop "$HOST"
    release "$ID"
    wait_until 60 'the courier to find nobody' logged_since "$log" "id=$ID kind=release state=later"
    postfix_again
    try_again
    await_state "$ID" released
    arrived_as_held down s.brown@home.example
}

# The message as the mail server was handed it, token and all; sets HANDED.
see_token()
{
    by_sendmail
    hold_and_release "$@"
    await_state "$ID" released
    arrived "$1" >/dev/null
    HANDED=$(grep -lF "Message-Id: <$1@" "$HOST"/handed.*)
}

# replay FROM TO: sends what lies in $HOST/replay.eml.
replay()
{
    swaks --server "127.0.0.1:$POSTFIX_PORT" --timeout 60 --auth PLAIN \
        --auth-user d.price@kingsmead.example --auth-password "$PASSWORD" --from "$1" --to "$2" \
        --data "@$HOST/replay.eml" >"$HOST/replay.smtp" 2>&1
}

# judged_again WHY: nothing more has arrived of the message `copied`; it is held, and the log and
# the audit trail say what was wrong with the token.
judged_again()
{
    wait_until 30 "the log to say '$1'" logged_since "$log" "token=.*$1" || return 1
    never_arrives "$2" || equal 'copies' 1 "$(copies_at "$2")" || return 1
    [ -n "$(held_as "$2")" ] || return 1
    [ "$(sql "SELECT count(*) FROM audit WHERE action = 'token-refused'")" -gt "$audited" ]
}

@test "a token that was used, altered, made for others or another message buys nothing" {
    see_token copied --to s.brown@home.example
    audited=0
    for case in 'used%20already' 'forged' 'another%20sender' 'another%20message'; do
        sql "UPDATE incident SET state = 'kept' WHERE state = 'held'"
        log=$(next_log_line)
        audited=$(sql "SELECT count(*) FROM audit WHERE action = 'token-refused'")
        cp "$HANDED" "$HOST/replay.eml"
        to=s.brown@home.example
        case $case in
        forged) sed -i '1s/v1 KM-/v1 KN-/' "$HOST/replay.eml" ;;
        another%20sender) to=a.green@home.example ;;
        another%20message) echo 'please hold one line more' >>"$HOST/replay.eml" ;;
        esac
        replay d.price@kingsmead.example "$to"
        judged_again "$case" copied
    done
    fails grep -rqF 'X-Schoolgate-Release' "$HOST/outside"
}
