# The sink that stands for the outside world: every message that leaves the private Postfix comes
# to lie in DIR/outside, with its envelope in DIR/outside/index. See ../sink.

# sink_start DIR: sets SINK_PORT.
sink_start()
{
    local dir=$1
    mkdir -p "$dir/outside"
    setsid "$DEMO/sink" "$dir/outside" </dev/null >>"$dir/sink.log" 2>&1 3>&- &
    echo $! >"$dir/sink.pid"
    disown
    wait_until 10 'the sink to listen' test -s "$dir/outside/port" || return 1
    SINK_PORT=$(cat "$dir/outside/port")
}

sink_stop()
{
    [ -s "$1/sink.pid" ] || return 0
    end_process "$(cat "$1/sink.pid")" 'the sink'
    rm -f "$1/sink.pid"
}

# sink_count DIR: how many messages have arrived.
sink_count()
{
    wc -l <"$1/outside/index"
}

# sink_find DIR TEXT: the files of the messages that hold TEXT in a line of their own or within one.
sink_find()
{
    grep -rlF --include='*.eml' -e "$2" "$1/outside"
}

# sink_envelope FILE: the sender and the recipients of a kept message, one a line.
sink_envelope()
{
    local number
    number=$(basename "$1" .eml)
    grep "^$number	" "$(dirname "$1")/index" | cut -f2- | tr '\t' '\n'
}
