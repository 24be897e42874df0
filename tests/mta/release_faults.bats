# What can go wrong with a release, other than a process that dies: a mail server that never takes it,
# and a decision that is taken back. A token that runs out on its way is in clock.bats.

load support
load courier

setup_file()
{
    host_create
    # What the courier brings, which has no login, is refused for these.
    printf '%s\n' 's.never@home.example 450 4.2.1 not now' \
        'd.price@kingsmead.example 450 4.2.1 not now either' >"$HOST/access"
    # No mail for the sender, so that nothing but what is looked for is under way.
    sed -i '/^    send-with /a \    tell-release  no' "$HOST/schoolgate.conf"
    sed -i 's/^    officer .*/&\n    head       v.chair@kingsmead.example/' "$HOST/schoolgate.conf"
    postconf -c "$HOST/etc" -e "smtpd_recipient_restrictions=permit_sasl_authenticated, check_recipient_access texthash:$HOST/access"
    run_as_root
    add_officer
    write_sendmail
    send_with sendmail "$HOST/sendmail"
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

teardown_file() { host_stop; }

set_in_courier()
{
    sed -i "/^    $1 /d; /^    send-with /a \    $1  $2" "$HOST/schoolgate.conf"
    by_new_courier
}

# Whatever has changed, a courier goes by it that was not there before.
by_new_courier()
{
    local pid
    pid=$(courier)
    gate_reload "$HOST" || return 1
    wait_until 30 'another courier' other_courier "$pid"
}

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

once() # NAME: it has arrived, and nothing is under way that could be a second
{
    arrived "$1" >/dev/null || return 1
    wait_until 30 'the queue to drain' nothing_to_deliver || return 1
    equal 'copies' 1 "$(copies_at "$1")"
}

undelivered() # ID: whom the officer's notices about it went to, and what became of them
{
    sql "SELECT outbox.state FROM outbox JOIN incident ON incident.number = outbox.incident
        WHERE id = '$1' AND kind = 'undelivered'"
}

gives_up() # NAME SWAKS-OPTION...: sets ID
{
    local name=$1 log
    ID=$(held "$@")
    log=$(next_log_line)
    release "$ID"
    wait_until 30 'the courier to be put off' logged_since "$log" \
        "id=$ID kind=release state=later attempts=1 words=450"
    # The pauses of six tries make half an hour.
    sql "UPDATE outbox SET attempts = 6 WHERE kind = 'release' AND state = 'waiting'"
    try_again
    wait_until 30 'the courier to give up' logged_since "$log" \
        "id=$ID kind=release state=failed attempts=7 words=450" || return 1
    state_is "$ID" held || return 1
    wait_until 30 'the notice to be sent' notice_is_sent "$ID"
    never_arrives "$name"
}

notice_is_sent() { [ "$(undelivered "$1")" = sent ]; }

@test "the mail server says 'not now' for too long: it is held again, and the officer is told, once" {
    by_smtp
    set_in_courier give-up-after 30m
    gives_up never-taken --to s.never@home.example
    wait_until 30 'the officer to be told' told_by online-safety@kingsmead.example "$ID"
    equal 'the head' 0 "$(told_undelivered v.chair@kingsmead.example "$ID")"
}

@test "likewise what concerns the officer: the head is told, once, and the officer is not" {
    postfix_add_login "$HOST" online-safety@kingsmead.example "$PASSWORD"
    gives_up officers --to s.never@home.example --from online-safety@kingsmead.example \
        --auth-user online-safety@kingsmead.example
    wait_until 30 'the head to be told' told_by v.chair@kingsmead.example "$ID"
    equal 'the officer' 0 "$(told_undelivered online-safety@kingsmead.example "$ID")"
}

# The notice's Message-ID has the number of the item.
told_undelivered() # ADDRESS ID: how many copies have come to that address
{
    local item
    item=$(sql "SELECT outbox.number FROM outbox JOIN incident ON incident.number = incident
        WHERE id = '$2' AND kind = 'undelivered'")
    grep -rlF --include='*.eml' -e "Message-ID: <$item.$2@" "$HOST/outside" | while read -r file; do
        sink_envelope "$file" | tail -n +2 | grep -xF "$1" || true
    done | wc -l
}

told_by() { [ "$(told_undelivered "$1" "$2")" = 1 ]; }

# What can be undone waits to be sent, and leaves when it cannot be any more.

release_undoable() # ID
{
    gate_cli "$HOST" release "$1" --undoable --reason 'The trip is real.' >"$HOST/released.txt"
}

undo() { gate_cli "$HOST" undo "$1" --reason 'A mistake.' >"$HOST/undone.txt" 2>&1; }

@test "a release that is undone in time: nothing arrives, and it can be released later" {
    by_sendmail
    ID=$(held undone)
    release_undoable "$ID"
    state_is "$ID" releasing
    undo "$ID"
    state_is "$ID" held
    try_again
    wait_until 30 'all to be sent' nothing_due
    never_arrives undone
    release "$ID"
    await_state "$ID" released
    once undone
}

@test "a release that has left is not undone" {
    ID=$(held left)
    release_undoable "$ID"
    try_again # its time has come
    await_state "$ID" released
    fails undo "$ID"
    grep -q 'has left' "$HOST/undone.txt"
    state_is "$ID" released
    once left
}

@test "what takes two people: nothing arrives before the second one has said so, and then once" {
    printf '%s\n' '' 'review' '    critical-needs two' '' 'reviewer k.deputy' '    role     officer' \
        '    login    daemon' '    address  k.deputy@kingsmead.example' >>"$HOST/schoolgate.conf"
    by_new_courier
    ID=$(held pair)
    release "$ID"
    state_is "$ID" held
    fails release "$ID" # the same person again
    try_again
    wait_until 30 'all to be sent' nothing_due
    never_arrives pair
    gate_cli "$HOST" release "$ID" --as k.deputy --reason 'So it is.' >"$HOST/released.txt"
    await_state "$ID" released
    once pair
}
