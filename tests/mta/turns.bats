# A message waits for its turn no longer than the mail server waits for us, which hears meanwhile that we
# are still there. While the one place is taken by a message whose attachment nobody reads.

load support

TURN=4 # seconds

setup_file()
{
    HOST=$(new_host turns)
    METRICS=$(free_port)
    export HOST METRICS
    chmod 755 "$HOST"
    gate_create "$HOST"
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    sed -i "/^gate/a\    concurrency 1\n    turn ${TURN}s" "$HOST/schoolgate.conf"
    printf '%s\n' '' console '    listen none' "    metrics 127.0.0.1:$METRICS" >>"$HOST/schoolgate.conf"
    # The place is held until the test gives it back, and nobody is killed for that.
    printf '%s\n' '' limits '    helper-seconds 10m' >>"$HOST/schoolgate.conf"
    WATCHDOG_USEC=3600000000 gate_start "$HOST"
}

teardown()
{
    [ -z "${READER:-}" ] || kill -CONT "$READER"
    for pid in ${senders:-}; do kill "$pid" 2>/dev/null || true; done
    tail -n 12 "$HOST/gate.log" # shown when a test fails
}

teardown_file()
{
    gate_stop "$HOST"
    rm -rf "$HOST"
}

# send_as QUEUE BODY-FILE: in the background, by a mail server that writes down each answer to the end of
# the message as it comes, and after how many milliseconds, in $HOST/QUEUE.answers.
send_as()
{
    perl "$BATS_TEST_DIRNAME/turns-mta" "$HOST/gate/milter.sock" "$1" "$2" \
        >"$HOST/$1.answers" 2>"$HOST/$1.trouble" 3>&- &
    senders="${senders:-} $!"
    SENDER=$!
}

answers_of() { cut -d ' ' -f 1 "$HOST/$1.answers" | xargs; }

has_answer() { grep -q "^$2 " "$HOST/$1.answers"; }

# The one place is taken.
take_place()
{
    wait_until 60 'a reader' gate_reader "$HOST" >/dev/null
    READER=$(gate_reader "$HOST")
    kill -STOP "$READER"
    send_as "$1" "$BATS_TEST_DIRNAME/../desk/view/letter.eml"
    TAKER=$SENDER
    wait_until 30 'the place to be taken' judged_at_once_are 1
}

judged_at_once_are()
{
    curl -fsS -m 5 "http://127.0.0.1:$METRICS/metrics" | grep -qx "schoolgate_judging{state=\"judged\"} $1"
}

give_place_back()
{
    kill -CONT "$READER"
    READER=
}

plain() { printf 'nothing wrong\n' >"$HOST/plain"; echo "$HOST/plain"; }

@test "it hears that we are there, again and again, and is told to come again in time" {
    take_place taker-1
    send_as late "$(plain)"
    wait "$SENDER"
    answers=$(answers_of late)
    echo "$answers" >&2
    [[ $answers =~ ^end\ progress\ progress(\ progress)*\ (tempfail|reply-4)$ ]]
    # Not before its time, and not much after it: a mail server that has gone would send it again.
    took=$(awk 'END {print $2}' "$HOST/late.answers")
    [ "$took" -ge $((TURN * 1000)) ]
    [ "$took" -lt $(((TURN + 30) * 1000)) ]
    # Between two signs it waits for a quarter of that.
    awk '$1 == "progress" {n++} END {exit n >= 3 ? 0 : 1}' "$HOST/late.answers"
    equal 'nothing else' "$(wc -w <<<"$answers")" "$(wc -l <"$HOST/late.answers")"
    give_place_back
    wait "$TAKER"
}

@test "when its turn comes it is judged as ever, and so is the one before" {
    take_place taker-2
    printf 'please refuse\n' >"$HOST/bad"
    send_as patient "$HOST/bad"
    wait_until 30 'a sign of life' has_answer patient progress
    give_place_back
    wait "$SENDER"
    wait "$TAKER"
    [[ $(answers_of patient) =~ ^end\ progress(\ progress)*\ reply-5$ ]]
    [[ $(answers_of taker-2) =~ \ reply-5$ ]]
}

@test "whoever goes away while he waits takes no place, and the next is judged" {
    take_place taker-3
    send_as gone "$(plain)"
    wait_until 30 'a sign of life' has_answer gone progress
    kill "$SENDER"
    give_place_back
    wait "$TAKER"
    send_as next "$(plain)"
    wait "$SENDER"
    [[ $(answers_of next) =~ ^end\ (progress\ )*(accept|continue)$ ]]
    equal 'records of who had gone' 0 "$(grep -cF 'queue=gone from' "$HOST/gate.log")"
}
