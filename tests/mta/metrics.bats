# What monitoring is told of a running service: each message leaves its counts behind, and so does
# what goes wrong. miltertest plays the mail server, as in milter.bats.

load support

setup_file()
{
    HOST=$(new_host metrics)
    METRICS=$(free_port)
    export HOST METRICS
    chmod 755 "$HOST"
    gate_create "$HOST"
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    printf '\nconsole\n    listen none\n    metrics 127.0.0.1:%s\n\nlimits\n    headers 20\n' \
        "$METRICS" >>"$HOST/schoolgate.conf"
    printf '%s\n' 'directory ad' '    server ldap://127.0.0.1:1' '    base dc=example' \
        '    role staff (mail=*)' '    without-copy start' >>"$HOST/schoolgate.conf"
    gate_start "$HOST"
    wait_until 20 'the first numbers' scraped
}

teardown_file()
{
    gate_stop "$HOST"
    rm -rf "$HOST"
}

# scraped: all that monitoring is told at the moment.
scraped() { curl -fsS -m 5 "http://127.0.0.1:$METRICS/metrics"; }

# number SERIES: its value now; 0 when there is none.
number()
{
    scraped | awk -v series="schoolgate_$1" 'index($0, series " ") == 1 {print $NF; found = 1}
                                             END {if (!found) print 0}'
}

# grows SERIES BY COMMAND...: whether the command adds that much to it.
grows()
{
    local series=$1 by=$2 before
    shift 2
    before=$(number "$series")
    "$@"
    equal "$series" "$((before + by))" "$(number "$series")"
}

# send WORDS ANSWER [HEADERS [CHUNKS]]: one message from inside the school, with so many more headers,
# and chunks of 60 kB.
send()
{
    local script=$BATS_TEST_TMPDIR/send.lua
    { cat "$BATS_TEST_DIRNAME/milter.lua"
      cat <<'LUA'
connect()
envelope("metrics")
for n = 1, tonumber(HEADERS) do done("header", mt.header(conn, "X-More", "more")) end
headers()
for n = 1, tonumber(CHUNKS) do done("body", mt.bodystring(conn, string.rep("x", 60000))) end
done("body", mt.bodystring(conn, WORDS .. "\r\n"))
equal("answer", finish(), ANSWER)
mt.disconnect(conn)
LUA
    } >"$script"
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "HOST=$HOST" -D "WORDS=$1" \
        -D "ANSWER=$2" -D "HEADERS=${3:-0}" -D "CHUNKS=${4:-0}" -s "$script" 3>&-
}

# All there is to a message that is out of scope: it is let go before it has a recipient.
send_from_outside()
{
    local script=$BATS_TEST_TMPDIR/outside.lua
    { cat "$BATS_TEST_DIRNAME/milter.lua"
      cat <<'LUA'
connect("127.0.0.9")
done("MAIL", mt.mailfrom(conn, "<s.brown@home.example>"))
equal("answer", answer(), "accept")
mt.disconnect(conn)
LUA
    } >"$script"
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "HOST=$HOST" -s "$script" 3>&-
}

fate() { echo "messages_total{outcome=\"$1\"}"; }

finding() { echo "findings_total{rule=\"$1\",policy=\"social-media\",clause=\"$2\",action=\"$3\"}"; }

@test "every message is counted once, by what became of it" {
    grows "$(fate passed)" 1 send 'good morning' accept
    grows "$(fate noted)" 1 send 'please tag' accept
    grows "$(fate refused)" 1 send 'please refuse' reply
    grows "$(fate held)" 1 send 'please hold' discard
    grows "$(fate held)" 1 send 'please park' accept
    equal 'all of them' 5 "$(scraped | awk '/^schoolgate_messages_total/ {n += $NF} END {print n}')"
    equal 'each was timed' 5 "$(number message_duration_seconds_count)"
}

@test "findings are counted by rule and clause, and by the action that took effect" {
    grows "$(finding refused 2.6 reject)" 1 send 'please refuse' reply
    grows "$(finding held 1.2 quarantine)" 1 send 'please hold' discard
    grows "$(finding counted 2.6 log)" 1 send 'please count' accept
}

@test "the limit that a message reached is told" {
    grows 'unscannable_total{reason="headers"}' 1 send 'good morning' discard 30
    grows 'findings_total{rule="unscannable",policy="",clause="",action="quarantine"}' 1 \
        send 'good morning' discard 30
}

@test "mail out of scope is counted, and what is deferred" {
    grows "$(fate unjudged)" 1 send_from_outside
    mv "$HOST/gate/spool" "$HOST/gate/elsewhere"
    grows "$(fate deferred)" 1 send 'good morning' reply 0 40
    mv "$HOST/gate/elsewhere" "$HOST/gate/spool"
}

@test "each stage of a message is timed, and only those it went through" {
    for stage in receive wait parse people judge answer; do
        grows "stage_duration_seconds_count{stage=\"$stage\"}" 1 send 'good morning' accept
    done
    grows 'stage_duration_seconds_count{stage="record"}' 0 send 'good morning' accept
    grows 'stage_duration_seconds_count{stage="record"}' 1 send 'please tag' accept
    grows 'record_commit_size_count' 1 send 'please tag' accept
}

@test "bytes and connections are counted, and none stays open behind its end" {
    grows connections_total 1 send 'good morning' accept
    wait_until 10 'the connection to end' eval '[ "$(number connections)" = 0 ]'
    equal 'at work' 0 "$(number 'judging{state="judged"}')"
    equal 'waiting' 0 "$(number 'judging{state="waiting"}')"
    equal 'limit' 4 "$(number judging_limit)"
    before=$(number message_bytes_total)
    send 'good morning' accept
    [ "$(number message_bytes_total)" -gt $((before + 50)) ]
}

@test "what the courier tried to send is counted by kind and result" {
    send 'please hold' discard
    wait_until 20 'the courier to try' eval \
        '[ "$(number "courier_sends_total{kind=\"alert\",result=\"failed\"}")" -gt 0 ] ||
         [ "$(number "courier_sends_total{kind=\"alert\",result=\"later\"}")" -gt 0 ]'
    [ "$(number courier_send_duration_seconds_count)" -gt 0 ]
}

@test "a directory that does not answer is told, by its name" {
    wait_until 20 'it to be asked' eval \
        '[ "$(number "directory_refreshes_total{directory=\"ad\",result=\"failed\"}")" -gt 0 ]'
    equal 'stale' 1 "$(number 'directory_stale{directory="ad"}')"
    equal 'people' 0 "$(number 'directory_people{directory="ad"}')"
}

@test "a reload that took effect is counted, and one that was refused" {
    grows 'config_reloads_total{result="loaded"}' 1 gate_reload "$HOST"
    echo 'nonsense' >>"$HOST/schoolgate.conf"
    grows 'config_reloads_total{result="refused"}' 1 fails gate_reload "$HOST"
    equal 'last' 0 "$(number config_last_reload_successful)"
    sed -i '$d' "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    wait_until 20 'numbers again' scraped
    equal 'last' 1 "$(number config_last_reload_successful)"
}

# died NAME PROCESS: kills that child of the parent, and waits until monitoring has been told.
died()
{
    local before
    before=$(number "process_restarts_total{process=\"$1\"}")
    pkill -KILL -P "$(cat "$HOST/gate.pid")" -x "$2"
    wait_until 20 "the $1 to be started again" eval \
        "[ \"\$(number 'process_restarts_total{process=\"$1\"}')\" = $((before + 1)) ] &&
         [ \"\$(number 'process_up{process=\"$1\"}')\" = 1 ]"
}

@test "a process that is killed is counted, and nothing that was counted is lost with it" {
    refused=$(number "$(fate refused)")
    died extractor schoolgate-read
    died courier schoolgate-cour
    died gate schoolgate-gate
    died console schoolgate-web
    died directory schoolgate-dir
    equal 'refused' "$refused" "$(number "$(fate refused)")"
    wait_until 20 'the gate' gate_is_up "$HOST"
    grows "$(fate refused)" 1 send 'please refuse' reply
    equal 'connections of the one that was killed' 0 "$(wait_until 10 'none' eval \
        '[ "$(number connections)" = 0 ]'; number connections)"
}

@test "processes tell their memory and files, and the record its size" {
    for process in gate courier; do
        wait_until 20 "the $process" eval \
            "[ \"\$(number 'process_resident_memory_bytes{process=\"$process\"}')\" -gt 1000000 ]"
        [ "$(number "process_open_fds{process=\"$process\"}")" -gt 2 ]
    done
    for name in record_bytes disk_free_bytes audit_entries start_time_seconds; do
        [ "$(number "$name")" -gt 0 ]
    done
    equal 'version' 1 "$(number 'build_info{version="0.1.0"}')"
}

@test "no address and no word of a message is among the numbers" {
    send 'please refuse the zebracrossing' reply
    fails grep -iE '@|zebracrossing|d\.price|kingsmead' <(scraped)
}

@test "there are no pages where only monitoring is wanted" {
    equal 'pages' 404 "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$METRICS/sign-in")"
    gate_logged "$HOST" "monitoring is at 127.0.0.1:$METRICS, and there are no pages"
}

# names: every name of a sample that a query may ask for.
names()
{
    scraped | awk '/^# TYPE / {print $3; if ($4 == "histogram")
                       {print $3 "_bucket"; print $3 "_sum"; print $3 "_count"}}' | sort -u
}

# asked FILE...: the names of ours that the queries in these files speak of.
asked() { grep -ohE '\bschoolgate_[a-z_]+' "$@" | sort -u; }

@test "every panel of the dashboard and every alert asks for what there is" {
    names >"$BATS_TEST_TMPDIR/names"
    jq -r '.. | .expr? // empty' "$REPO/contrib/grafana/schoolgate.json" >"$BATS_TEST_TMPDIR/panels"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/panels")" -gt 20 ]
    grep -E '^ +expr: ' "$REPO/contrib/prometheus/alerts.yml" >"$BATS_TEST_TMPDIR/alerts"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/alerts")" -gt 10 ]
    for file in panels alerts; do
        equal "$file" '' "$(comm -23 <(asked "$BATS_TEST_TMPDIR/$file") "$BATS_TEST_TMPDIR/names")"
        fails grep -v schoolgate_ "$BATS_TEST_TMPDIR/$file"
    done
}

@test "every alert says what it means and what to do" {
    alerts=$(grep -c '^ *- alert: ' "$REPO/contrib/prometheus/alerts.yml")
    for what in expr for severity summary description; do
        equal "$what" "$alerts" "$(grep -cE "^ +$what: " "$REPO/contrib/prometheus/alerts.yml")"
    done
}

@test "the manual names every metric there is, and no other" {
    names | sed -E 's/_(bucket|sum|count)$//' | sort -u >"$BATS_TEST_TMPDIR/names"
    grep -oE '^\.It Cm schoolgate_[a-z_]+' "$REPO/contrib/man/schoolgate-metrics.7" |
        cut -d' ' -f3 | sort -u >"$BATS_TEST_TMPDIR/told"
    equal 'difference' '' "$(diff "$BATS_TEST_TMPDIR/names" "$BATS_TEST_TMPDIR/told")"
}
