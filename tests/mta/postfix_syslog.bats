# What a mail host's log shows: schoolgated on a real syslog socket.

load support

setup_file()
{
    host_create
    sed -i 's/^    log  *stderr$/    log  syslog/' "$HOST/schoolgate.conf"
    "$BATS_TEST_DIRNAME/syslog-listener" "$HOST/syslog.sock" "$HOST/syslog" 3>&- &
    export LISTENER=$!
    wait_until 10 'the syslog socket' test -S "$HOST/syslog.sock"
    GATE_UNDER=("$BATS_TEST_DIRNAME/with-syslog" "$HOST/syslog.sock")
    GATE_LOG=$HOST/syslog
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT
}

teardown_file()
{
    postfix_stop "$HOST"
    gate_stop "$HOST"
    end_process "$LISTENER" 'the syslog listener'
    host_stop
}

logged()
{
    grep -F " action=$1 " "$HOST/syslog"
}

@test "a judged message with a finding is one line of facility mail, as the manual has it" {
    fails mail refused --body 'please refuse'
    wait_until 30 'the log line' logged reject
    # 21 is facility mail (2) times 8, plus priority notice (5).
    local head='^<21>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} schoolgated\[[0-9]+\]: '
    local body='id=KM-[0-9A-Z]+-[0-9A-Z] queue=[0-9A-Za-z]+ from=d\.price@kingsmead\.example role=staff to=s\.brown@home\.example rule=refused clause=2\.6 action=reject points=1( |$)'
    logged reject
    logged reject | grep -qE "$head$body"
    equal 'lines about it' 1 "$(grep -c 'id=KM-' "$HOST/syslog")"
}

@test "a message without a finding is no line at all" {
    lines=$(wc -l <"$HOST/syslog")
    mail innocent --body 'nothing wrong'
    arrived innocent
    equal 'lines' "$lines" "$(wc -l <"$HOST/syslog")"
}
