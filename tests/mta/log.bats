# The log of a running service as lines of JSON, and traces of messages. miltertest plays the mail
# server, as in milter.bats.

load support

setup()
{
    HOST=$(new_host log)
    LOG=$HOST/gate.log
    chmod 755 "$HOST"
    gate_create "$HOST"
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
}

teardown()
{
    gate_stop "$HOST" || true
    rm -rf "$HOST"
}

# setting WORDS: one more setting of the gate.
setting() { sed -i "s/^gate\$/&\n    $1/" "$HOST/schoolgate.conf"; }

# send QUEUE WORDS ANSWER [SENDER]
send()
{
    local script=$BATS_TEST_TMPDIR/send.lua
    { cat "$BATS_TEST_DIRNAME/milter.lua"
      cat <<'LUA'
connect()
envelope(QUEUE, SENDER)
done("header", mt.header(conn, "From", SENDER))
done("header", mt.header(conn, "Subject", "zebracrossing"))
done("header", mt.header(conn, "Content-Type", 'multipart/mixed; boundary="b"'))
done("body", mt.bodystring(conn, "--b\r\n\r\n" .. WORDS .. " zebracrossing\r\n--b\r\n" ..
     'Content-Type: application/pdf; name="zebracrossing.pdf"\r\n' ..
     'Content-Disposition: attachment; filename="zebracrossing.pdf"\r\n\r\nzebracrossing\r\n--b--\r\n'))
equal("answer", finish(), ANSWER)
mt.disconnect(conn)
LUA
    } >"$script"
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "HOST=$HOST" -D "QUEUE=$1" -D "WORDS=$2" \
        -D "ANSWER=$3" -D "SENDER=${4:-<d.price@kingsmead.example>}" -s "$script" 3>&-
}

traces() { sed -n 's/^<7>trace=\([0-9a-f]*\) .*/\1/p' "$LOG" | sort -u; }

# told: the lines of all traces, without what differs from run to run, and without the rules that saw
# too little: whether one pass has left them out depends on whether there is Vectorscan.
told()
{
    sed -n 's/^<7>trace=[0-9a-f]* //p' "$LOG" | grep -vE ' result=(not-seen|signals) ' |
        sed -E "s/ us=[0-9]+/ us=N/; s/ id=KM-[^ ]+/ id=ID/; s#source=$HOST/#source=#"
}

@test "every line of a run is one object of JSON, with numbers as numbers and lists as lists" {
    setting 'log-format json'
    gate_start "$HOST"
    send one 'please refuse' reply
    send two 'please tag and please notify' accept
    send three 'please hold' discard
    wait_until 20 'the courier to try' eval 'grep -q "\"process\":\"courier\".*\"kind\":\"alert\"" "$LOG"'
    gate_reload "$HOST"
    gate_stop "$HOST"
    jq -es 'length > 8 and all(.[]; (.time | test("^20..-..-..T..:..:..\\....Z$")) and
        (.level | IN("error", "warning", "notice", "info", "debug")) and (.pid | type == "number") and
        (.process | IN("parent", "gate", "courier", "console")))' "$LOG"
    equal 'one line each' "$(wc -l <"$LOG")" "$(jq -c . "$LOG" | wc -l)"
    jq -es 'map(select(.queue == "one"))[0] | .state == "refused" and .points == 1 and
        .rule == ["refused"] and .from == "d.price@kingsmead.example" and (.id | startswith("KM-"))' "$LOG"
    jq -es 'map(select(.queue == "two"))[0] | .rule == ["noted", "tagged"]' "$LOG"
    jq -es 'any(.[]; .process == "courier" and .kind == "alert" and .attempts == 1)' "$LOG"
    jq -es 'any(.[]; .process == "parent" and (.message // "" | test("is ready at")))' "$LOG"
    jq -es 'any(.[]; .process == "parent" and .message == "the configuration was loaded again")' "$LOG"
}

@test "what came by mail cannot add a field or a line to JSON" {
    setting 'log-format json'
    gate_start "$HOST"
    send forged 'refuse from anybody' reply '<"x","state":"passed\n{"@kingsmead.example>'
    equal 'states' refused "$(jq -r 'select(.queue == "forged").state' "$LOG")"
    jq -es 'any(.[]; .queue == "forged" and (.from | test("\"state\":\"passed")))' "$LOG"
}

@test "a trace tells how a message went through every room, whether or not it breaks a rule" {
    setting 'trace 2 messages'
    gate_start "$HOST"
    gate_logged "$HOST" 'tracing is ON: the log names who writes to whom, of the next 2 messages'
    send tagged 'please tag' accept
    send clean 'good morning' accept
    send untraced 'good morning' accept
    equal 'traces' 2 "$(traces | wc -l)"
    told >"$BATS_TEST_TMPDIR/told"
    if [ "${SCHOOLGATE_GOLDEN:-}" = write ]; then
        cp "$BATS_TEST_TMPDIR/told" "$REPO/tests/golden/trace-gate.txt"
    fi
    diff "$REPO/tests/golden/trace-gate.txt" "$BATS_TEST_TMPDIR/told"
    for rule in counted noted refused held in-attachments; do
        equal "$rule" 2 "$(grep -cE "result=(not-seen|signals) .*|rule=$rule result=signals" \
            <(grep -E "[=,]$rule(,|$| result=signals)" "$LOG"))"
    done
    fails grep -i zebracrossing "$LOG"
    gate_logged "$HOST" 'tracing is off: so many messages were asked for'
}

@test "only the sender who was asked for is traced, and a reload without the setting ends it" {
    gate_start "$HOST"
    setting 'trace 5 messages from D.Price@Kingsmead.example'
    gate_reload "$HOST"
    send other 'good morning' accept '<office@kingsmead.example>'
    equal 'traces' 0 "$(traces | wc -l)"
    send wanted 'good morning' accept
    equal 'traces' 1 "$(traces | wc -l)"
    sed -i '/^    trace /d' "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    gate_logged "$HOST" 'tracing is off: the configuration asks for it no more'
    send wanted 'good morning' accept
    equal 'traces' 1 "$(traces | wc -l)"
}

@test "traces are lines of JSON where the log is" {
    setting 'log-format json\n    trace 1 messages'
    gate_start "$HOST"
    send one 'please refuse' reply
    jq -es 'map(select(.trace)) | (map(.trace) | unique | length) == 1 and all(.[]; .level == "debug") and
        any(.[]; .step == "rule" and .rule == ["refused"] and .signals == ["words:1"] and .need == 1) and
        any(.[]; .step == "time" and .stage == "judge" and (.us | type == "number")) and
        any(.[]; .step == "answer" and .answer == "refuse" and .queue == "one")' "$LOG"
}

@test "scan --trace says the same of a file, apart from what it finds" {
    printf 'From: d.price@kingsmead.example\nTo: s.brown@home.example\nSubject: zebracrossing\n\nplease tag\n' \
        >"$HOST/letter.eml"
    gate_cli "$HOST" scan --trace "$HOST/letter.eml" >"$HOST/found" 2>"$HOST/trace"
    fails grep -q trace= "$HOST/found"
    fails grep -q zebracrossing "$HOST/trace"
    grep -qE '^trace=[0-9a-f]{8} step=rule rule=tagged result=held points=1 need=1 signals=words:1$' "$HOST/trace"
    grep -qE '^trace=[0-9a-f]{8} step=copy to=s.brown@home.example action=tag$' "$HOST/trace"
    grep -qE '^trace=[0-9a-f]{8} step=time stage=judge us=[0-9]+$' "$HOST/trace"
}

@test "a trace without end, or of nobody, is no setting" {
    for wrong in 'trace all' 'trace 0 messages' 'trace 20000 messages' 'trace 5 messages from nobody' 'trace 5'; do
        cp "$BATS_TEST_DIRNAME/school/schoolgate.conf" "$HOST/wrong.conf"
        sed -i "s/^gate\$/&\n    $wrong/" "$HOST/wrong.conf"
        fails "$BUILD/schoolgate" check -c "$HOST/wrong.conf"
    done
}
