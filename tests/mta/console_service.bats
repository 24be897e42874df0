# The console as a part of the service: it comes and goes by itself, and mail waits for it in no case.

load support

setup()
{
    HOST=$(new_host console)
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    CONF=$HOST/schoolgate.conf
    PORT=$(free_port)
    printf '\nconsole\n    listen 127.0.0.1:%s\n\nreviewer okafor\n    role officer\n' "$PORT" >>"$CONF"
}

teardown()
{
    cat "$HOST/gate.log" 2>/dev/null || true
    gate_stop "$HOST" || true
    [ -z "${taker:-}" ] || kill "$taker" || true
    rm -rf "$HOST"
}

console() { pgrep -P "$(cat "$HOST/gate.pid")" -x schoolgate-web; }

# The sign-in page, which anybody may have.
page() { curl -fsS -m 5 "http://127.0.0.1:$PORT/sign-in" 2>/dev/null | grep -q '<h1>Sign in</h1>'; }

another_console_than()
{
    local now
    now=$(console) && [ "$now" != "$1" ]
}

judges()
{
    cat >"$HOST/answers.lua" <<LUA
conn = mt.connect("unix:$HOST/gate/milter.sock")
if conn == nil or mt.negotiate(conn, nil, nil, nil) ~= nil then os.exit(1) end
mt.disconnect(conn)
LUA
    miltertest -s "$HOST/answers.lua" 3>&-
}

@test "the console serves its pages, and is started again when it is killed" {
    gate_start "$HOST"
    wait_until 20 'the first page' page
    for round in 1 2; do
        old=$(console)
        kill -KILL "$old"
        wait_until 20 'another console' another_console_than "$old"
        wait_until 20 'a page' page
    done
    gate_logged "$HOST" 'the console (process'
    gate_logged "$HOST" 'was killed by signal 9 (Killed)'
    judges
}

@test "a reload asks it to end, and the next one goes by the new configuration" {
    gate_start "$HOST"
    wait_until 20 'the first page' page
    old=$(console)
    sed -i 's/^    name .*/    name New Kingsmead/' "$CONF"
    gate_reload "$HOST"
    wait_until 20 'another console' another_console_than "$old"
    wait_until 20 'the new name' eval 'curl -fsS "http://127.0.0.1:$PORT/sign-in" | grep -q "New Kingsmead"'
    fails gate_logged "$HOST" 'was killed by signal'
    fails gate_logged "$HOST" 'the console (process'
}

@test "a port in use keeps no mail waiting, and the log says so" {
    perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1",
        LocalPort => $ARGV[0], Listen => 1) or die; open F, ">", $ARGV[1]; close F; sleep 600' \
        "$PORT" "$HOST/taken" 3>&- &
    taker=$!
    wait_until 10 'the port to be taken' test -e "$HOST/taken"
    gate_start "$HOST"
    judges
    gate_logged "$HOST" "the console is not there: cannot listen at 127.0.0.1:$PORT: Address already in use"
    fails console
}

@test "a certificate that is none keeps no mail waiting, and the log says so" {
    echo 'no certificate' >"$HOST/pem"
    chmod 644 "$HOST/pem"
    sed -i 's|^console$|&\n    certificate pem\n    key pem|' "$CONF"
    gate_start "$HOST"
    judges
    wait_until 20 'a word about it' gate_logged "$HOST" 'the console cannot start: cannot serve pages: is the certificate one'
}

@test "the pages are served over TLS where there is a certificate" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
        -keyout "$HOST/key.pem" -out "$HOST/chain.pem" 2>/dev/null
    chown nobody "$HOST/key.pem"
    sed -i 's|^console$|&\n    certificate chain.pem\n    key key.pem|' "$CONF"
    gate_start "$HOST"
    wait_until 20 'a page by TLS' eval \
        'curl -fsS --cacert "$HOST/chain.pem" --resolve "localhost:$PORT:127.0.0.1" -D "$HOST/header" \
            "https://localhost:$PORT/sign-in" >"$HOST/page"'
    grep -qi '^Strict-Transport-Security: max-age=31536000' "$HOST/header"
    grep -qi '^Set-Cookie: __Host-schoolgate-device=.*; Secure' "$HOST/header"
    fails page
}

@test "it has given up what it does not need" {
    gate_start "$HOST"
    wait_until 20 'the first page' page
    for thread in /proc/"$(console)"/task/*; do
        equal 'no new privileges' 1 "$(awk '/^NoNewPrivs:/ {print $2}' "$thread/status")"
        equal 'a filter of system calls' 2 "$(awk '/^Seccomp:/ {print $2}' "$thread/status")"
    done
    equal 'core files' 0 "$(awk '/^Max core file size/ {print $5}' "/proc/$(console)/limits")"
    # What it has open is its own: nothing of the milter, nothing of the parent's other children.
    fails grep -q milter.sock <(ls -l "/proc/$(console)/fd")
}

@test "without the block nothing is served" {
    sed -i '/^console$/,/listen/d' "$CONF"
    gate_start "$HOST"
    judges
    fails console
    fails page
}

@test "somebody signs in with a password and is let in, and the log holds neither name nor password" {
    gate_start "$HOST"
    wait_until 20 'the first page' page
    echo 'swings and roundabouts' | gate_cli "$HOST" account add okafor
    token=$(curl -fsS -c "$HOST/jar" "http://127.0.0.1:$PORT/sign-in?next=/account" |
        sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p')
    landed=$(curl -fsS -b "$HOST/jar" -c "$HOST/jar" -o /dev/null -w '%{http_code} %{redirect_url}' \
        --data-urlencode "csrf=$token" --data-urlencode name=okafor --data-urlencode next=/account \
        --data-urlencode 'password=swings and roundabouts' "http://127.0.0.1:$PORT/sign-in")
    equal 'landed at' "303 http://127.0.0.1:$PORT/account" "$landed"
    curl -fsS -b "$HOST/jar" "http://127.0.0.1:$PORT/account" >"$HOST/account"
    grep -q 'online safety officer' "$HOST/account"
    fails grep -q 'roundabouts' "$HOST/gate.log"
}
