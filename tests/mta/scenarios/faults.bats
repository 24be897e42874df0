# What no mail program does on a good day, and what becomes of mail when parts of schoolgate are not
# there, on each mail server: odd dialogues, large messages, changes of policy under way, other ways in
# and out, and a filter that is down, slow, killed or started again.

load scenarios

setup_file()
{
    scenario_host_start
    opendkim_start
}

teardown_file()
{
    opendkim_stop
    scenario_host_stop
}

teardown()
{
    tail -n 15 "$HOST/gate.log" "$HOST/mail.log" # shown when a test fails
    restore_policy
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
    equal 'verdicts' '5xx taken 5xx' "$(verdicts second)"
    arrived second-2
    never_arrives second-1
    never_arrives second-3
    equal 'incident of the innocent one' '' "$(incident second-2)"
    equal 'numbers in the queue' 2 \
        "$(for i in 1 3; do incident "second-$i" | jq -re .queue; done | sort -u | wc -l)"
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

# large NAME WORDS: sends a message of 6 MB, its text at the end.
large()
{
    {
        printf '%s\n' 'From: d.price@kingsmead.example' 'Date: Mon, 14 Sep 2026 15:52:11 +0100' \
            "Message-Id: <$1@mail.kingsmead.example>" 'MIME-Version: 1.0' \
            'Content-Type: multipart/mixed; boundary="=_b"' '' '--=_b' \
            'Content-Type: application/octet-stream' 'Content-Transfer-Encoding: base64' ''
        head -c 4500000 /dev/zero | base64
        printf '%s\n' '--=_b' 'Content-Type: text/plain' '' "$2" '--=_b--'
    } >"$HOST/$1.eml"
    talk "$1" <<END
> EHLO test
$(envelope s.brown@home.example)
@ $HOST/$1.eml
> .
> QUIT
END
}

@test "a message of several megabytes is read to its end, and passed and held byte for byte" {
    large large-passed 'nothing wrong'
    as_received large-passed | cmp - "$HOST/large-passed.eml"
    large large-refused 'please refuse'
    equal 'verdict' 5xx "$(verdicts large-refused)"
    large large-held 'please hold'
    gate_cli "$HOST" show --message "$(held_as large-held)" | tr -d '\r' |
        cmp - "$HOST/large-held.eml"
    never_arrives large-held
}

@test "a message larger than may be read is held as unscannable, not passed as clean" {
    change_policy '$a limits\n    message-size  100K'
    gate_reload "$HOST"
    mail unscannable --body "$(head -c 100000 /dev/zero | tr '\0' x | fold -w 70) nothing wrong"
    never_arrives unscannable
    equal 'on record' 'held unscannable' \
        "$(incident unscannable | jq -r '.state + " " + .findings[0].rule')"
    mail small-enough --body 'nothing wrong'
    arrived small-enough
}

held_now()
{
    [ -n "$(held_as "$1")" ]
}

@test "mail by the sendmail command is judged too" {
    submit local-passed s.brown@home.example 'nothing wrong'
    arrived local-passed
    submit local-held s.brown@home.example 'please hold'
    wait_until 30 'it to be held' held_now local-held
    never_arrives local-held
}

refusal_came_back()
{
    grep -rlF 'Staff do not write to this address' "$HOST/outside"
}

@test "what SMTP would refuse at RCPT comes back to who sent it by the sendmail command" {
    submit local-rcpt nobody@post.example 'ordinary words' || true
    wait_until 30 'the message to come back' refusal_came_back
    equal 'envelope' ' d.price@kingsmead.example' "$(sink_envelope "$(refusal_came_back)" | paste -sd' ')"
    fails grep nobody@post.example "$HOST/outside/index"
}

# goes_on_as_held NAME: a message that is held goes to its two recipients once released, once and as it was.
goes_on_as_held()
{
    local id
    id=$(held "$1" --to 's.brown@home.example,a.green@home.example' \
        --header 'To: everybody@kingsmead.example' \
        --body $'please hold this: \xc3\xa9\n.\nFrom here on\n..two dots\n\n')
    held_bytes "$id" >"$HOST/$1.held"
    release "$id"
    await_state "$id" released
    arrived "$1"
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at "$1")"
    as_received "$1" | diff "$HOST/$1.held" -
    equal 'envelope' 'a.green@home.example d.price@kingsmead.example s.brown@home.example' \
        "$(envelopes "$1" | tr ' ' '\n' | sort | xargs)"
    logged_since 1 "id=$id queue=[^ ]+ state=released-through"
}

@test "what is released by SMTP arrives once, byte for byte" {
    goes_on_as_held by-smtp
}

is_confined() { grep -q '^NoNewPrivs:.*1' "/proc/$1/status" && grep -q '^Seccomp:.*2' "/proc/$1/status"; }
courier_is_confined() { is_confined "$(courier)"; }

@test "what an ordinary user releases by the sendmail command arrives once, byte for byte" {
    send_with sendmail "$(mta_command)"
    gate_stop "$HOST"
    mta_gate_start
    wait_until 30 'the courier to be confined' courier_is_confined
    is_confined "$(cat "$HOST/gate.pid")"
    fails is_confined "$(runner)"
    equal 'user' nobody "$(sed -n 's/^Uid:\t\([0-9]*\).*/\1/p' "/proc/$(runner)/status" | xargs id -nu)"
    goes_on_as_held by-command
}

@test "a message under way is judged by the policy it began with, the next one by the new policy" {
    change_policy ''
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
    equal 'verdicts' '5xx taken' "$(verdicts reload)"
    equal 'the message under way' refused "$(incident reload-1 | jq -r .state)"
    arrived reload-2
    fails mail reload-3 --body 'please reject'
}

@test "a policy with an error is not taken: the old one stays, and the log says where the error is" {
    change_policy 's/^    action    reject$/    acton     reject/'
    line=$(grep -n acton "$HOST/policy.rules" | head -1 | cut -d: -f1)
    fails gate_reload "$HOST"
    gate_logged "$HOST" "policy.rules:$line:5: error: unknown setting 'acton'"
    fails mail broken --body 'please refuse'
    told broken | grep -F 'Chain letter'
}

@test "while schoolgate is down mail is put off, never passed on; afterwards all is well" {
    gate_stop "$HOST"
    fails mail_from_inside down --body 'nothing wrong'
    told down | grep '^4'
    fails mail down-login --body 'nothing wrong'
    submit down-local s.brown@home.example 'nothing wrong'
    mta_flush
    for name in down down-login down-local; do
        fails arrived_now "$name"
    done
    mta_gate_start
    mail up --body 'nothing wrong'
    arrived up
    mta_flush
    arrived down-local
    fails arrived_now down
}

@test "one that is started again is asked again, and nothing goes by it on connections from before" {
    talk restart <<END &
> EHLO test
$(envelope s.brown@home.example)
$(letter restart-1 'nothing wrong')
> .
touch $HOST/first-sent
until $HOST/started-again
> MAIL FROM:<d.price@kingsmead.example>
> RCPT TO:<s.brown@home.example>
> RSET
> QUIT
END
    talker=$!
    wait_until 30 'the first message to be sent' test -e "$HOST/first-sent"
    gate_stop "$HOST"
    mta_gate_start
    touch "$HOST/started-again"
    wait "$talker"
    verdicts restart | grep '^taken 4xx'
    arrived restart-1
    fails mail restart-2 --body 'please refuse'
    agree restart-2 refused reject refused
}

another_gate_than()
{
    local now
    now=$(gate_child "$HOST") && [ "$now" != "$1" ]
}

@test "killed in the middle of a message: that one is put off, and the next one is judged" {
    local child
    child=$(gate_child "$HOST")
    talk killed <<END &
> EHLO test
$(envelope s.brown@home.example)
$(letter killed 'nothing wrong')
touch $HOST/half-sent
until $HOST/was-killed
> .
> QUIT
END
    talker=$!
    wait_until 30 'the message to be under way' test -e "$HOST/half-sent"
    kill -KILL "$child"
    wait_until 30 'another gate' another_gate_than "$child"
    touch "$HOST/was-killed"
    wait "$talker"
    equal 'verdict' 4xx "$(verdicts killed)"
    never_arrives killed
    fails mail after-killed --body 'please refuse'
    agree after-killed refused reject refused
}

@test "one that does not answer in time has mail put off, and nothing passes" {
    local child status=put-off
    mta_listen impatient
    child=$(gate_child "$HOST")
    kill -STOP "$child"
    mail slow --server "127.0.0.1:$LISTENS" --body 'nothing wrong' && status=passed
    kill -CONT "$child"
    equal 'message' put-off "$status"
    told slow | grep '^4'
    never_arrives slow
    # Not at once, where the machine is as slow as that.
    wait_until 60 'mail to be taken again' mail quick --server "127.0.0.1:$LISTENS" --body 'nothing wrong'
    arrived quick
}

# opendkim signs for the school, and knows its own key without a name server.
opendkim_start()
{
    local dir=$HOST/opendkim
    mkdir -m 755 "$dir"
    opendkim-genkey -b 1024 -d kingsmead.example -s test -D "$dir"
    printf 'test._domainkey.kingsmead.example %s\n' \
        "$(grep -o '"[^"]*"' "$dir/test.txt" | tr -d '"\n')" >"$dir/keys"
    cat >"$dir/opendkim.conf" <<END
Domain           kingsmead.example
Selector         test
KeyFile          $dir/test.private
Canonicalization simple/simple
Mode             s
Socket           local:$dir/opendkim.sock
UMask            000
RequireSafeKeys  no
UserID           root
PidFile          $dir/pid
END
    printf '%s\n' 'Mode v' "TestPublicKeys $dir/keys" 'UserID root' 'InternalHosts 192.0.2.1' \
        >"$dir/verify.conf"
    opendkim -x "$dir/opendkim.conf" >"$dir/log" 2>&1 3>&- &&
        wait_until 10 'opendkim to listen' test -S "$dir/opendkim.sock"
}

opendkim_stop()
{
    [ ! -s "$HOST/opendkim/pid" ] || end_process "$(cat "$HOST/opendkim/pid")" opendkim
}

# marked_and_signed NAME
marked_and_signed()
{
    mail "$1" --server "127.0.0.1:$LISTENS" --header 'Subject: minutes' --body 'please tag'
    sed 's/$/\r/' "$(arrived "$1")" >"$HOST/$1.signed"
    grep '^Subject: \[checked\] minutes' "$HOST/$1.signed"
    grep '^DKIM-Signature:' "$HOST/$1.signed"
}

# signature NAME: whether that of the message which arrived holds, as opendkim says it.
signature()
{
    opendkim -x "$HOST/opendkim/verify.conf" -vv -t "$HOST/$1.signed" 2>&1 |
        grep -oE 'verification .*(succeeded|failed: .*)' | sed -E 's/.*(succeeded|failed: )/\1/'
}

@test "a message that is marked and then signed has a signature that holds" {
    mta_listen signing
    marked_and_signed signed
    equal 'verification' succeeded "$(signature signed)"
}

@test "signed before it is marked, its signature does not hold: the documented order matters" {
    mta_listen wrong-order
    marked_and_signed mis-signed
    equal 'verification' 'failed: signature verification failed' "$(signature mis-signed)"
}
