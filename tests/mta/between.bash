# What the tests share that stop a conversation half-way: with the mail server, or with the gate. See
# the program of that name.

# between_start NAME TARGET: sets BETWEEN_PORT, which leads to TARGET.
# shellcheck disable=SC2034 # the tests use it
between_start()
{
    local folder=$HOST/$1
    mkdir -p "$folder"
    setsid "$BATS_TEST_DIRNAME/between" "$folder" "$2" </dev/null >>"$HOST/between.log" 2>&1 3>&- &
    echo $! >"$folder/pid"
    disown
    wait_until 10 "'$1' to listen" test -s "$folder/port" || return 1
    BETWEEN_PORT=$(cat "$folder/port")
}

between_stop() # NAME
{
    [ ! -s "$HOST/$1/pid" ] || end_process "$(cat "$HOST/$1/pid")" "$1"
}

# stop_at NAME ORDER...: the next conversation that NAME hears is to stop there.
stop_at()
{
    local folder=$HOST/$1
    shift
    rm -f "$folder/stopped"
    echo "$*" >"$folder/stop.new"
    mv "$folder/stop.new" "$folder/stop"
    wait_until 10 'the order to be heeded' not_there "$folder/stop"
}

not_there() { [ ! -e "$1" ]; }

await_stop() # NAME
{
    wait_until 60 "'$1' to stop" test -e "$HOST/$1/stopped"
}

go_on() # NAME
{
    : >"$HOST/$1/go"
    wait_until 10 "'$1' to go on" not_there "$HOST/$1/go"
}
