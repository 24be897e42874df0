# A process that hangs is as good as dead: monitoring is told within a quarter of the time after which
# it is killed and started again, and mail is judged and sent on.

load support
load courier

setup_file()
{
    HOST=$(new_host hangs)
    METRICS=$(free_port)
    export HOST METRICS
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    printf '%s\n' '' console '    listen none' "    metrics 127.0.0.1:$METRICS" \
        '' 'directory ad' '    server ldap://127.0.0.1:1' '    base dc=example' \
        '    role staff (mail=*)' '    without-copy start' '    timeout 1s' >>"$HOST/schoolgate.conf"
    # The parent has patience for a third of what systemd has with it.
    WATCHDOG_USEC=36000000 gate_start "$HOST"
    wait_until 30 'all to be up' everybody_is_well
}

teardown() { tail -n 25 "$HOST/gate.log"; } # shown when a test fails

teardown_file()
{
    gate_stop "$HOST"
    rm -rf "$HOST"
}

child() { pgrep -P "$(cat "$HOST/gate.pid")" -x "schoolgate-$1"; }

healthz() { curl -sS -m 5 "http://127.0.0.1:$METRICS/healthz"; }

metrics() { curl -fsS -m 5 "http://127.0.0.1:$METRICS/metrics"; }

is_up() { metrics | grep -qx "schoolgate_process_up{process=\"$1\"} $2"; }

everybody_is_well()
{
    local name
    for name in gate extractor courier console directory; do is_up "$name" 1 || return 1; done
    [ "$(healthz)" = ok ]
}

another_than() { local now; now=$(child "$1") && [ "$now" != "$2" ]; }

restarts_of() { metrics | sed -n "s/^schoolgate_process_restarts_total{process=\"$1\"} //p"; }

# hang_for_a_while PID NAME-IN-METRICS: until it is told of, and then is heard again.
hang_for_a_while()
{
    local log
    log=$(next_log_line)
    kill -STOP "$1"
    wait_until 30 "$2 to be told of" is_up "$2" 0
    kill -CONT "$1"
    wait_until 30 "$2 to be heard again" logged_since "$log" "\(process $1\) goes on"
    wait_until 30 "$2 to be up" is_up "$2" 1
}

# hangs PROCESS NAME-IN-METRICS NAME-IN-LOG: it is told of while it is there, and replaced.
hangs()
{
    local pid log before
    pid=$(child "$1")
    log=$(next_log_line)
    before=$(restarts_of "$2")
    # Who has yet to begin is left alone: this one is heard once more, and has.
    hang_for_a_while "$pid" "$2"
    kill -STOP "$pid"
    wait_until 30 "$2 to be told of" is_up "$2" 0
    [ "$(child "$1")" = "$pid" ]
    case $2 in
    directory) equal '/healthz' ok "$(healthz)" ;; # its copies go on being good
    *) healthz | grep -qx "$2" ;;
    esac
    wait_until 60 "another $2" another_than "$1" "$pid"
    logged_since "$log" "$3 \(process $pid\) gives no sign of life"
    logged_since "$log" "$3 \(process $pid\) has given no sign of life for [0-9]+ s; it is killed"
    wait_until 60 'all to be well again' everybody_is_well
    equal 'restarts' $((before + 1)) "$(restarts_of "$2")"
}

@test "the gate" { hangs gate gate 'the gate'; }

@test "the reader of attachments" { hangs read extractor 'the reader of attachments'; }

@test "the courier" { hangs cour courier 'the courier'; }

@test "the keeper of directories" { hangs dir directory 'the keeper of directories'; }

# Who is to tell of it is what hangs: monitoring gets no answer until there is another.
@test "the console" {
    pid=$(child web)
    log=$(next_log_line)
    kill -STOP "$pid"
    wait_until 30 'it to be told of' logged_since "$log" "the console \(process $pid\) gives no sign of life"
    kill -CONT "$pid"
    wait_until 30 'it to be heard again' logged_since "$log" "\(process $pid\) goes on"
    kill -STOP "$pid"
    fails curl -sS -m 1 -o /dev/null "http://127.0.0.1:$METRICS/healthz"
    wait_until 60 'another console' another_than web "$pid"
    wait_until 60 'all to be well again' everybody_is_well
    gate_logged "$HOST" "the console (process $pid) gives no sign of life"
}

@test "who goes on in time is left alone, and well again" {
    pid=$(child cour)
    hang_for_a_while "$pid" courier
    wait_until 30 'all to be well again' everybody_is_well
    equal 'courier' "$pid" "$(child cour)"
}

# A mail server that takes its time is not the courier's fault.
@test "a courier that waits for its mail server is not one that hangs" {
    local port
    port=$(free_port)
    silent_server_start "$port"
    send_with smtp "127.0.0.1:$port"
    pid=$(child cour)
    gate_reload "$HOST"
    wait_until 30 'another courier' another_than cour "$pid"
    pid=$(child cour)
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D SENDER=d.price@kingsmead.example \
        -D RECIPIENT=s.brown@home.example -D MANY=1 -D 'TEXT=please hold this' \
        -s "$REPO/tests/console/deliver_many.lua" 3>&-
    wait_until 30 'the courier to connect' grep -q connected "$HOST/server"
    # Twice as long as it takes until somebody who hangs is killed.
    from=$(restarts_of courier)
    reader=$(child read)
    hang_for_a_while "$reader" extractor
    kill -STOP "$reader"
    wait_until 60 'the one who hangs to be killed' another_than read "$reader"
    reader=$(child read)
    wait_until 60 'all to be well' everybody_is_well
    equal 'courier' "$pid" "$(child cour)"
    equal 'restarts' "$from" "$(restarts_of courier)"
    kill "$SILENT_SERVER"
}
