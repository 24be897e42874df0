# Attachments through schoolgated: judged by what is in them, whatever befalls the process that reads
# them. miltertest plays the mail server, as in milter.bats.

load support

setup_file()
{
    HOST=$(new_host attachments)
    export HOST
    chmod 755 "$HOST"
    gate_create "$HOST"
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    gate_start "$HOST"
}

teardown_file()
{
    gate_stop "$HOST"
    rm -rf "$HOST"
}

LETTER=$BATS_TEST_DIRNAME/../desk/view/letter.eml

# play [-D NAME=VALUE]...: runs the Lua on standard input behind what milter.lua defines, and
# `attached(file)`, which sends the body of such a file and returns the answer.
play()
{
    local script
    script=$(mktemp "$BATS_TEST_TMPDIR/play.XXXXXX")
    { cat "$BATS_TEST_DIRNAME/milter.lua"
      cat <<'LUA'
function attached(file)
    headers()
    done("type", mt.header(conn, "Content-Type", 'multipart/mixed; boundary="b"'))
    local body = io.open(file):read("*a"):match("\n\n(.*)"):gsub("\n", "\r\n")
    for at = 1, #body, 60000 do
        done("body", mt.bodystring(conn, body:sub(at, at + 59999)))
    end
    return finish()
end
local fine, problem = xpcall(function()
LUA
      cat
      echo 'end, debug.traceback) if not fine then fail(problem) end'
    } >"$script"
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "HOST=$HOST" -D "LETTER=$LETTER" "$@" \
        -s "$script" 3>&-
}

line_of() { grep -F " queue=$1 " "$HOST/gate.log"; }

is_refused()
{
    play -D "QUEUE=$1" <<'LUA'
connect()
envelope(QUEUE)
equal("answer", attached(LETTER), "reply")
mt.disconnect(conn)
LUA
    equal 'rules' in-attachments,locked-attachments "$(field "$(line_of "$1")" rule)"
}

reader_is_not()
{
    now=$(gate_reader "$HOST") && [ "$now" != "$1" ]
}

# One that dies within seconds again and again is started after a pause.
have_reader()
{
    wait_until 60 'a reader' gate_reader "$HOST" >/dev/null
}

@test "what an attached document says is judged, and that an archive is locked" {
    is_refused document
    gate_cli "$HOST" show "$(field "$(line_of document)" id)" >"$HOST/shown"
    grep -q "attachment 'plan.docx'" "$HOST/shown"
}

@test "the process that reads attachments is locked in and runs as the gate's user" {
    reader=$(gate_reader "$HOST")
    equal 'user' nobody "$(stat -c %U "/proc/$reader")"
    equal 'filter' 2 "$(awk '/^Seccomp:/ {print $2}' "/proc/$reader/status")"
    equal 'no new privileges' 1 "$(awk '/^NoNewPrivs:/ {print $2}' "/proc/$reader/status")"
    equal 'descriptors' '0 1 2 3 4' "$(ls "/proc/$reader/fd" | xargs)"
}

@test "a reader that is killed is started again, and no mail is lost or let through" {
    for i in 1 2; do
        have_reader
        reader=$(gate_reader "$HOST")
        kill -KILL "$reader"
        is_refused "killed-$i"
        wait_until 60 'another reader' reader_is_not "$reader"
    done
    grep -q 'the reader of attachments .* was killed by signal 9' "$HOST/gate.log"
}

@test "a reader that stops answering defers what has attachments, as helper-down says, and nothing else" {
    have_reader
    reader=$(gate_reader "$HOST")
    printf 'limits\n    helper-seconds  1s\n' >>"$HOST/schoolgate.conf"
    kill -HUP "$(cat "$HOST/gate.pid")"
    wait_until 30 'the reload' gate_logged "$HOST" 'the configuration was loaded again'
    kill -STOP "$reader"
    play <<'LUA'
connect()
envelope("stopped")
equal("with attachments", attached(LETTER), "reply")
envelope("stopped-plain")
equal("without", letter("nothing wrong"), "accept")
mt.disconnect(conn)
LUA
    grep -q 'queue=stopped: message deferred: cannot read an attachment' "$HOST/gate.log"
    kill -CONT "$reader"
    is_refused continued
}

@test "a gate that is killed leaves the reader to the next gate" {
    have_reader
    reader=$(gate_reader "$HOST")
    gate=$(gate_child "$HOST")
    kill -KILL "$gate"
    is_refused next-gate
    equal 'reader' "$reader" "$(gate_reader "$HOST")"
}

@test "nothing is left running when the service stops" {
    have_reader
    reader=$(gate_reader "$HOST")
    gate_stop "$HOST"
    fails kill -0 "$reader"
    gate_start "$HOST"
}
