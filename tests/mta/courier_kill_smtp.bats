# The courier, sending by SMTP, is killed at every step of the conversation in turn; then the gate is,
# while it lets a released message pass. Each message arrives once. In one window alone, from the mail
# server's "taken" until that is on record, a second copy goes out, with the same Message-ID.

load support
load courier
load between

setup_file()
{
    host_create
    add_officer
    between_start milter "$HOST/gate/milter.sock"
    postconf -c "$HOST/etc" -e "smtpd_milters=inet:127.0.0.1:$BETWEEN_PORT" \
        "non_smtpd_milters=inet:127.0.0.1:$BETWEEN_PORT"
    postfix_start "$HOST"
    between_start smtp "$POSTFIX_PORT"
    send_with smtp "127.0.0.1:$BETWEEN_PORT"
    gate_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

teardown_file()
{
    between_stop smtp
    between_stop milter
    host_stop
}

# The steps, each as what it does to the courier of that pid while ID is released.

before_take()
{
    kill -STOP "$1"
    release "$ID"
    kill -KILL "$1"
}

killed_at() # PID ORDER...
{
    local pid=$1
    shift
    stop_at smtp "$@"
    release "$ID"
    await_stop smtp
    equal 'in hand' sending "$(release_is)"
    kill -KILL "$pid"
}

release_is()
{
    sql "SELECT outbox.state FROM outbox JOIN incident ON incident.number = outbox.incident
        WHERE id = '$ID' AND kind = 'release'"
}

connected() { killed_at "$1" connect; }                  # and not greeted yet
after_sender() { killed_at "$1" asked 'RCPT TO'; }         # taken, the recipient not yet named
after_recipient() { killed_at "$1" asked 'DATA\r'; }      # and the message not yet begun
during_message() { killed_at "$1" asked 'X-Schoolgate'; } # its last line not yet said
after_message() { killed_at "$1" answered '\n\.\r\n'; }  # the mail server's answer not yet heard

# The answer is heard, and cannot be put on record.
after_answer()
{
    local log
    stop_at smtp answered '\n\.\r\n'
    release "$ID"
    await_stop smtp
    log=$(next_log_line)
    lock_record
    go_on smtp
    wait_until 60 'the courier to complain' logged_since "$log" 'nothing can be sent for now' ||
        return 1
    kill -KILL "$1"
    unlock_record
}

after_record()
{
    release "$ID"
    await_state "$ID" released
    kill -KILL "$1"
}

# The parent makes a courier that keeps dying wait ever longer; a new one does not know of that.
afresh()
{
    gate_stop "$HOST"
    gate_start "$HOST"
    wait_until 30 'a courier' courier
}

STEPS='before_take connected after_sender after_recipient during_message after_message after_answer
    after_record'

@test "killed at every step of SMTP: it arrives once, but for the one window, and is never lost" {
    for step in $STEPS; do
        afresh
        ID=$(held "killed-$step")
        pid=$(courier)
        "$step" "$pid"
        wait_until 60 'another courier' other_courier "$pid"
        await_state "$ID" released
        arrived "killed-$step" >/dev/null
        wait_until 30 'the queue to drain' nothing_to_deliver
        case $step in
        after_message | after_answer) expected=2 ;;
        *) expected=1 ;;
        esac
        equal "$step" "$expected" "$(copies_at "killed-$step")"
        equal 'released' sent "$(release_is)"
    done
    fails grep -rqF 'X-Schoolgate-Release' "$HOST/outside"
}

other_gate()
{
    local pid
    pid=$(gate_child "$HOST") && [ "$pid" != "$1" ] && [ -S "$HOST/gate/milter.sock" ]
}

tokens_spent() { sql 'SELECT count(*) FROM spent_token'; }
tokens_spent_are() { [ "$(tokens_spent)" = "$1" ]; }

@test "the gate is killed when it has spent the token and not yet said so: a new token, and it arrives once" {
    afresh
    ID=$(held spent)
    pid=$(gate_child "$HOST")
    spent=$(tokens_spent)
    log=$(next_log_line)
    stop_at milter answered '\x00\x00\x00\x01E' # the end of a message
    release "$ID"
    await_stop milter # at the gate's first answer, which may be that it is still at work
    wait_until 30 'the token to be spent' tokens_spent_are $((spent + 1))
    kill -KILL "$pid"
    wait_until 60 'the courier to be put off' logged_since "$log" \
        "id=$ID kind=release state=later attempts=1 words=4"
    state_is "$ID" releasing
    wait_until 60 'another gate' other_gate "$pid"
    try_again
    await_state "$ID" released
    arrived spent >/dev/null
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at spent)"
    [ "$(tokens_spent)" -ge $((spent + 2)) ]
    fails logged_since "$log" 'token='
}

@test "told to stop, the gate goes on until the courier has brought what it has in hand" {
    afresh
    ID=$(held brought)
    pid=$(cat "$HOST/gate.pid")
    stop_at smtp asked 'RCPT TO'
    release "$ID"
    await_stop smtp
    log=$(next_log_line)
    kill -TERM "$pid"
    wait_until 30 'schoolgated to be told' logged_since "$log" 'stopping'
    mail meanwhile --body 'nothing wrong' # others are served as well
    go_on smtp
    wait_until 15 'schoolgated to stop' process_gone "$pid"
    state_is "$ID" released
    gate_start "$HOST"
    arrived brought >/dev/null
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at brought)"
}

@test "there is no gate when it is released: it arrives once, when there is one again" {
    ID=$(held gateless)
    log=$(next_log_line)
    pid=$(gate_child "$HOST")
    kill -STOP "$(cat "$HOST/gate.pid")" # so that it starts no other
    kill -KILL "$pid"
    mv "$HOST/gate/milter.sock" "$HOST/gate/gone.sock"
    release "$ID"
    wait_until 60 'the courier to be put off' logged_since "$log" \
        "id=$ID kind=release state=later attempts=1 words=4"
    mv "$HOST/gate/gone.sock" "$HOST/gate/milter.sock"
    kill -CONT "$(cat "$HOST/gate.pid")"
    wait_until 60 'another gate' other_gate "$pid"
    try_again
    await_state "$ID" released
    arrived gateless >/dev/null
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at gateless)"
}

@test "the mail server has no room left: it arrives once, when there is room again" {
    ID=$(held no-room)
    log=$(next_log_line)
    postfix_wants_free 1000000000000000
    release "$ID"
    wait_until 60 'the courier to be put off' logged_since "$log" \
        "id=$ID kind=release state=later attempts=1 words=452"
    postfix_wants_free 0
    try_again
    await_state "$ID" released
    arrived no-room >/dev/null
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at no-room)"
}

# Bytes of the disk that its queue is on. Whoever has a connection goes by the old figure.
postfix_wants_free()
{
    postfix_stop "$HOST"
    postconf -c "$HOST/etc" -e "queue_minfree=$1"
    postfix -c "$HOST/etc" start >/dev/null 2>&1 3>&-
    wait_until 20 'Postfix to answer' port_answers "$POSTFIX_PORT"
}
