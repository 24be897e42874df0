# The milter protocol step by step, without an MTA: what a mail server may do to us, and what it is
# answered. miltertest plays the mail server; milter.lua has its steps.

load support

setup_file()
{
    HOST=$(new_host milter)
    export HOST
    chmod 755 "$HOST"
    gate_create "$HOST"
    # The gate removes its socket when it stops, which the folder must allow.
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    gate_start "$HOST"
}

teardown_file()
{
    gate_stop "$HOST"
    rm -rf "$HOST"
}

# play [-D NAME=VALUE]...: runs the Lua on standard input behind what milter.lua defines.
play()
{
    local script
    script=$(mktemp "$BATS_TEST_TMPDIR/play.XXXXXX")
    { cat "$BATS_TEST_DIRNAME/milter.lua"
      echo 'local fine, problem = xpcall(function()'
      cat
      echo 'end, debug.traceback) if not fine then fail(problem) end'
    } >"$script"
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "HOST=$HOST" "$@" -s "$script" 3>&-
}

# The log line of the message with that queue id, and how many there are.
line_of()  { grep -F " queue=$1 " "$HOST/gate.log"; }
lines_of() { grep -cF " queue=$1 " "$HOST/gate.log" || true; }

shown() { gate_cli "$HOST" show --json "$(field "$(line_of "$1")" id)"; }

judges_as_ever()
{
    play -D "QUEUE=$1" <<'LUA'
connect()
envelope(QUEUE)
equal("answer", letter("please refuse"), "reply")
mt.disconnect(conn)
LUA
    equal 'state' refused "$(field "$(line_of "$1")" state)"
}

@test "a client that only connects, or says nothing after that, leaves nothing behind" {
    play <<'LUA'
conn = mt.connect(SOCKET)
mt.disconnect(conn, false)
conn = mt.connect(SOCKET)
done("negotiation", mt.negotiate(conn, nil, nil, nil))
mt.disconnect(conn, false)
conn = mt.connect(SOCKET)
done("negotiation", mt.negotiate(conn, nil, nil, nil))
mt.disconnect(conn)
connect()
mt.disconnect(conn)
LUA
    judges_as_ever alone
}

@test "only the steps that are needed are asked for, without replies" {
    play <<'LUA'
connect()
for _, name in ipairs{"NOHELO", "NODATA", "NOUNKNOWN", "NOEOH", "NR_CONN", "NR_HDR", "NR_BODY",
                      "HDR_LEADSPC"} do
    equal(name, mt.test_option(conn, _G["SMFIP_" .. name]), true)
end
for _, name in ipairs{"ADDHDRS", "CHGHDRS", "CHGBODY", "DELRCPT", "QUARANTINE"} do
    equal(name, mt.test_action(conn, _G["SMFIF_" .. name]), true)
end
for _, name in ipairs{"ADDRCPT", "CHGFROM"} do
    equal(name, _G["SMFIF_" .. name] and mt.test_action(conn, _G["SMFIF_" .. name]) or false, false)
end
mt.disconnect(conn)
LUA
}

@test "a mail server that cannot do what is needed gets no answers, and the log says so" {
    play <<'LUA'
conn = mt.connect(SOCKET)
equal("an answer", negotiate_with(SMFIF_ADDHDRS, 0x1fffff) == nil, false)
LUA
    grep -q 'the MTA does not let filters' "$HOST/gate.log"
    judges_as_ever lacking
}

@test "a mail server that waits for every reply gets them" {
    play <<'LUA'
conn = mt.connect(SOCKET)
done("negotiation", negotiate_with(0x1ff, 0))
done("connect", mt.conninfo(conn, "client.example", "127.0.0.1"))
equal("connect", answer(), "continue")
envelope("plain")
equal("RCPT", answer(), "continue")
done("header", mt.header(conn, "Subject", "letter"))
equal("header", answer(), "continue")
done("end of headers", mt.eoh(conn))
done("body", mt.bodystring(conn, "please hold\r\n"))
equal("body", answer(), "continue")
equal("end", finish(), "discard")
mt.disconnect(conn)
LUA
    gate_cli "$HOST" show --message "$(field "$(line_of plain)" id)" >"$HOST/plain.eml"
    printf 'Subject: letter\r\n\r\nplease hold\r\n' | cmp - "$HOST/plain.eml"
}

@test "a message sent again as school business is handed back without its line" {
    play <<'LUA'
connect()
local line = "School-business: for the lesson\r\n"
local text = "please refuse\r\nand an end without a line end"
envelope("business")
headers()
done("header", mt.header(conn, "School-Business", "for the lesson"))
done("body", mt.bodystring(conn, line .. text:sub(1, 20)))
done("body", mt.bodystring(conn, text:sub(21)))
equal("answer", finish(), "accept")
equal("header", mt.eom_check(conn, MT_HDRDELETE, "School-Business"), true)
equal("body", mt.eom_check(conn, MT_BODYCHANGE, text), true)

envelope("business-else")
equal("answer", letter(line .. "nothing wrong"), "accept")
equal("body of mail that breaks no rule", mt.eom_check(conn, MT_BODYCHANGE), false)
mt.disconnect(conn)
LUA
    equal 'state' passed "$(field "$(line_of business)" state)"
}

@test "what an aborted message held is not mixed into the next" {
    play <<'LUA'
connect()
envelope("aborted", nil, "<first@home.example>")
headers()
done("body", mt.bodystring(conn, "please hold\r\n"))
done("abort", mt.abort(conn))
envelope("after-abort")
equal("answer", letter("nothing wrong"), "accept")
done("abort", mt.abort(conn))
envelope("again", nil, "<second@home.example>")
equal("answer", letter("please refuse"), "reply")
mt.disconnect(conn)
LUA
    equal 'aborted' 0 "$(lines_of aborted)"
    equal 'after abort' 0 "$(lines_of after-abort)"
    equal 'recipients' second@home.example "$(shown again | jq -r '.recipients[].address')"
}

@test "a new message follows any answer, and also one that never ended" {
    play <<'LUA'
connect()
for i, words in ipairs{"please refuse", "please hold", "please tag", "nothing wrong",
                       "please park", "please refuse"} do
    envelope("series-" .. i)
    equal(words, letter(words), ({"reply", "discard", "accept", "accept", "accept", "reply"})[i])
end
envelope("unfinished", nil, "<first@home.example>")
headers()
envelope("follows", nil, "<second@home.example>")
equal("answer", letter("please refuse"), "reply")
mt.disconnect(conn)
LUA
    equal 'states' 'refused held passed held-mta refused' \
        "$(for i in 1 2 3 5 6; do field "$(line_of series-$i)" state; done | xargs)"
    equal 'clean' 0 "$(lines_of series-4)"
    equal 'recipients' second@home.example "$(shown follows | jq -r '.recipients[].address')"
}

@test "a client that vanishes at any step leaves no incident" {
    before=$(grep -c ' id=\|>id=' "$HOST/gate.log")
    play <<'LUA'
for step = 1, 4 do
    connect()
    done("MAIL", mt.mailfrom(conn, "<d.price@kingsmead.example>"))
    if step > 1 then done("RCPT", mt.rcptto(conn, "<s.brown@home.example>")) end
    if step > 2 then headers() end
    if step > 3 then done("body", mt.bodystring(conn, "please hold\r\n")) end
    mt.disconnect(conn, false)
end
LUA
    equal 'incidents' "$before" "$(grep -c ' id=\|>id=' "$HOST/gate.log")"
    judges_as_ever vanished
}

# The rules without the one that refuses.
milder_policy()
{
    cp "$HOST/policy.rules" "$HOST/strict.rules"
    sed 's/please refuse/please refuse this otherwise/' "$HOST/strict.rules" >"$HOST/policy.rules"
}

@test "a message keeps the policy that it began with, though another is loaded meanwhile" {
    milder_policy
    play -D "PARENT=$(cat "$HOST/gate.pid")" <<'LUA'
function reload()
    shell("rm -f " .. HOST .. "/from; wc -l < " .. HOST .. "/gate.log > " .. HOST .. "/from")
    shell("kill -HUP " .. PARENT)
    for i = 1, 300 do
        mt.sleep(0.1)
        if os.execute("tail -n +$(($(cat " .. HOST .. "/from) + 1)) " .. HOST .. "/gate.log" ..
                      " | grep -q 'the configuration was loaded again'") == true then return end
    end
    fail("the configuration was not loaded")
end
connect()
envelope("old-policy")
headers()
reload()
done("body", mt.bodystring(conn, "please refuse\r\n"))
equal("message that had begun", finish(), "reply")
envelope("new-policy")
equal("message that began later", letter("please refuse"), "accept")
shell("mv " .. HOST .. "/strict.rules " .. HOST .. "/policy.rules")
reload()
envelope("strict-again")
equal("message under the old rules", letter("please refuse"), "reply")
mt.disconnect(conn)
LUA
    equal 'new policy' 0 "$(lines_of new-policy)"
}

@test "a bounce is neither refused nor held nor deferred, but put on record" {
    play <<'LUA'
connect()
login = "d.price@kingsmead.example"
for i, words in ipairs{"please refuse", "please hold", "please park", "hold for students"} do
    envelope("bounce-" .. i, "<>", "<tombrown09@mail.example>", "<nobody@post.example>")
    equal("RCPT", answer(), "continue")
    equal(words, letter(words), "accept")
    equal("held", mt.eom_check(conn, MT_RCPTDELETE, "<tombrown09@mail.example>"), false)
    equal("quarantine", mt.eom_check(conn, MT_QUARANTINE), false)
end
mt.disconnect(conn)
LUA
    for i in 1 2 3 4; do
        equal 'state' passed "$(field "$(line_of bounce-$i)" state)"
        equal 'action' log "$(field "$(line_of bounce-$i)" action)"
    done
}

@test "of a thousand recipients, those whose copy is held are removed and the others served" {
    play <<'LUA'
connect()
local all = {}
for i = 1, 999 do all[i] = "<parent" .. i .. "@home.example>" end
all[1000] = "<tombrown09@mail.example>"
envelope("thousand", nil, table.unpack(all))
equal("answer", letter("hold for students"), "accept")
equal("held", mt.eom_check(conn, MT_RCPTDELETE, "<tombrown09@mail.example>"), true)
equal("served", mt.eom_check(conn, MT_RCPTDELETE, "<parent1@home.example>"), false)
equal("served", mt.eom_check(conn, MT_RCPTDELETE, "<parent999@home.example>"), false)
mt.disconnect(conn)
LUA
    equal 'recipients' 1000 "$(shown thousand | jq '.recipients | length')"
    equal 'held for' tombrown09@mail.example \
        "$(shown thousand | jq -r '.recipients[] | select(.action == "quarantine").address')"
}

@test "50 MB are taken in, judged to the last line, and held byte for byte" {
    yes 'seventy characters of a letter that goes on and on, to its bitter end' |
        head -c 52428800 >"$HOST/huge.txt"
    play <<'LUA'
conn = mt.connect(SOCKET)
-- With a reply to every chunk: miltertest gives up when it has written more than is read.
done("negotiation", negotiate_with(0x1ff, 0))
done("connect", mt.conninfo(conn, "client.example", "127.0.0.1"))
envelope("huge")
headers()
for chunk in io.lines(HOST .. "/huge.txt", 65535) do
    done("body", mt.bodystring(conn, chunk))
end
done("body", mt.bodystring(conn, "\r\nplease hold\r\n"))
equal("answer", finish(), "discard")
mt.disconnect(conn)
LUA
    { printf 'From: d.price@kingsmead.example\r\nSubject: letter\r\n\r\n'
      cat "$HOST/huge.txt"
      printf '\r\nplease hold\r\n'; } >"$HOST/expected.eml"
    gate_cli "$HOST" show --message "$(field "$(line_of huge)" id)" | cmp - "$HOST/expected.eml"
    equal 'files left in the spool' '' "$(ls -A "$HOST/gate/spool")"
}

@test "a message that cannot be taken in is deferred; those that need no file are not" {
    mv "$HOST/gate/spool" "$HOST/gate/away"
    play <<'LUA'
connect()
envelope("no-spool")
headers()
for i = 1, 40 do done("body", mt.bodystring(conn, string.rep("x", 60000))) end
equal("large", finish(), "reply")
envelope("small")
equal("small", letter("please hold"), "discard")
mt.disconnect(conn)
LUA
    mv "$HOST/gate/away" "$HOST/gate/spool"
    grep -F 'queue=no-spool: message deferred: cannot create a file for a message in' "$HOST/gate.log"
    equal 'small' held "$(field "$(line_of small)" state)"
}

@test "many that come at once wait their turn, and each is judged" {
    sed -i '/^gate/a\    concurrency 1' "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    crowd=()
    for i in 1 2 3 4 5 6; do
        judges_as_ever "crowd-$i" &
        crowd+=($!)
    done
    for each in "${crowd[@]}"; do wait "$each"; done
}

@test "addresses with letters beyond ASCII are judged, recorded as they came, and safe in the log" {
    play <<'LUA'
connect()
envelope("umlaut", "<jörg@kingsmead.example>", "<żaneta@home.example>", "<x y=\"1\"@home.example>")
equal("answer", letter("please refuse"), "reply")
mt.disconnect(conn)
LUA
    equal 'sender' 'jörg@kingsmead.example' "$(shown umlaut | jq -r .sender.address)"
    equal 'recipient' 'żaneta@home.example' "$(shown umlaut | jq -r '.recipients[0].address')"
    equal 'in the log' 'j%C3%B6rg@kingsmead.example' "$(field "$(line_of umlaut)" from)"
}

@test "headers that only we may write are deleted from every judged message" {
    play <<'LUA'
function forged(queue, words, expected)
    envelope(queue)
    done("header", mt.header(conn, "X-Schoolgate", "id=KM-0000-0; rule=none"))
    done("header", mt.header(conn, "x-schoolgate-released", "yes"))
    done("header", mt.header(conn, "X-Schoolgateway", "somebody else's"))
    equal("answer", letter(words), expected)
    return mt.eom_check(conn, MT_HDRDELETE, "X-Schoolgate") and
           mt.eom_check(conn, MT_HDRDELETE, "x-schoolgate-released")
end
connect()
equal("clean: deleted", forged("forged-1", "nothing wrong", "accept"), true)
equal("clean: kept", mt.eom_check(conn, MT_HDRDELETE, "X-Schoolgateway"), false)
equal("tagged: deleted", forged("forged-2", "please tag", "accept"), true)
equal("tagged: our own", mt.eom_check(conn, MT_HDRADD, "X-Schoolgate"), true)
forged("forged-3", "please hold", "discard")
mt.disconnect(conn)
LUA
    gate_cli "$HOST" show --message "$(field "$(line_of forged-3)" id)" >"$HOST/forged.eml"
    equal 'left in the held copy' 'X-Schoolgateway: somebody else'\''s' \
        "$(grep -i '^x-schoolgate' "$HOST/forged.eml" | tr -d '\r')"
}

@test "mail that comes in is let go at MAIL, and mail that goes out behind it is judged" {
    play <<'LUA'
connect("192.0.2.1")
done("MAIL", mt.mailfrom(conn, "<d.price@kingsmead.example>"))
equal("incoming", answer(), "accept")
login = "d.price@kingsmead.example"
envelope("login", "<somebody@else.example>")
equal("outgoing", answer(), "continue")
equal("answer", letter("please refuse"), "reply")
mt.disconnect(conn)
LUA
    equal 'role of the login' staff "$(field "$(line_of login)" role)"
}

@test "a recipient is refused at RCPT, and the message goes to the others" {
    play <<'LUA'
connect()
envelope("one-less", nil, "<nobody@post.example>")
equal("RCPT", answer(), "reply")
done("RCPT", mt.rcptto(conn, "<s.brown@home.example>"))
equal("RCPT", answer(), "continue")
equal("answer", letter("nothing wrong"), "accept")
mt.disconnect(conn)
LUA
    equal 'the message' 0 "$(lines_of one-less)"
    grep -F 'rule=who-to-whom' "$HOST/gate.log" | tail -1 | grep -qF 'to=nobody@post.example'
}

@test "mail without a client's address is judged at its end, not at RCPT" {
    play <<'LUA'
conn = mt.connect(SOCKET)
done("negotiation", mt.negotiate(conn, nil, nil, nil))
done("connect", mt.conninfo(conn, "localhost", "unspec"))
envelope("local", nil, "<nobody@post.example>")
equal("RCPT", answer(), "continue")
equal("answer", letter("nothing wrong"), "reply")
mt.disconnect(conn)
LUA
    equal 'rule' who-to-whom "$(field "$(line_of local)" rule)"
}

@test "a gate that is killed is started again behind the same socket" {
    gate=$(gate_child "$HOST")
    kill -KILL "$gate"
    judges_as_ever killed
    grep -F "the gate (process $gate) was killed by signal 9" "$HOST/gate.log"
    [ "$(gate_child "$HOST")" != "$gate" ]
}

# stands_for NAME WORDS ANSWER: a message of WORDS, known in the log as NAME, is answered so.
stands_for()
{
    play -D "QUEUE=$1" -D "WORDS=$2" -D "ANSWER=$3" <<'LUA'
connect()
envelope(QUEUE)
equal("answer", letter(WORDS), ANSWER)
mt.disconnect(conn)
LUA
}

@test "a rule that is demoted holds nothing within seconds, and again once it is restored" {
    printf 'guard\n    look-every 1s\n' >>"$HOST/schoolgate.conf"
    gate_reload "$HOST"
    stands_for precise 'hold from anybody' discard
    sqlite3 -cmd '.timeout 5000' "$HOST/record/record.db" \
        "INSERT INTO demotion (rule, state, since, holds, released)
         VALUES ('anybody-held', 'demoted', 1782903600, 20, 14),
                ('held', 'demoted', 1782903600, 20, 11)"
    wait_until 30 'the gate to notice' gate_logged "$HOST" \
        'rule anybody-held is demoted to log: 14 of its last 20 holds were released'
    stands_for demoted 'hold from anybody' accept
    equal 'action' log "$(field "$(line_of demoted)" action)"
    equal 'would' quarantine "$(field "$(line_of demoted)" would)"
    equal 'explained' true "$(shown demoted | jq '.findings[0].demoted')"
    stands_for critical 'please hold' discard
    gate_logged "$HOST" 'rule held looks imprecise: 11 of its last 20 holds were released; it is critical'

    kill -KILL "$(gate_child "$HOST")"
    stands_for still-demoted 'hold from anybody' accept

    gate_cli "$HOST" guard restore anybody-held --reason 'leaves out the trip list'
    wait_until 30 'the gate to notice' gate_logged "$HOST" 'rule anybody-held is in force again'
    stands_for restored 'hold from anybody' discard
}

@test "while there is no record, mail that breaks a rule is deferred and other mail passes" {
    gate_stop "$HOST"
    mv "$HOST/record" "$HOST/record.away"
    install -d -o nobody -m 700 "$HOST/record"
    echo 'no database' >"$HOST/record/record.db"
    chown nobody "$HOST/record/record.db"
    gate_start "$HOST"
    play <<'LUA'
connect()
envelope("unrecorded")
equal("refusal", letter("please refuse"), "reply")
envelope("unrecorded")
equal("hold", letter("please hold"), "reply")
equal("held", mt.eom_check(conn, MT_RCPTDELETE, "<s.brown@home.example>"), false)
envelope("clean")
equal("clean", letter("nothing wrong"), "accept")
login = "d.price@kingsmead.example"
envelope("bounce", "<>")
equal("bounce", letter("please refuse"), "accept")
mt.disconnect(conn)
LUA
    equal 'deferred' 2 "$(grep -cF 'queue=unrecorded: message deferred' "$HOST/gate.log")"
    rm -r "$HOST/record"
    mv "$HOST/record.away" "$HOST/record"
    wait_until 30 'the record to be opened' record_is_back
}

record_is_back()
{
    judges_as_ever "back-$RANDOM" 2>/dev/null
}

@test "it stops in order, removes its socket, and was never in trouble" {
    gate_stop "$HOST"
    [ ! -e "$HOST/gate/milter.sock" ]
    fails grep -E 'Sanitizer|runtime error|milter claimed' "$HOST/gate.log"
}
