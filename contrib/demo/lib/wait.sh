# Waiting by condition, never by the clock: what is waited for has a name and a deadline.

# wait_until SECONDS WHAT COMMAND...: runs COMMAND until it succeeds. Fails, naming WHAT, when
# SECONDS have passed.
wait_until()
{
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" 2>/dev/null; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "waited in vain for $what" >&2
            return 1
        fi
        sleep 0.05
    done
}

# A TCP port on 127.0.0.1 takes connections.
port_answers()
{
    (exec 9<>"/dev/tcp/127.0.0.1/$1")
}

# The process is gone, or dead and only waiting for its parent to notice.
process_gone()
{
    [ ! -e "/proc/$1/status" ] || grep -q '^State:.*Z' "/proc/$1/status"
}

# free_port: prints a port of 127.0.0.1 that nobody listens on, below the range from which the
# kernel takes ports for outgoing connections, so that none of those can take it from us.
free_port()
{
    perl -MIO::Socket::INET -e '
        for (1 .. 200) {
            my $port = 20000 + int(rand(12000));
            my $try = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port,
                                            Proto => "tcp", Listen => 1, ReuseAddr => 1) or next;
            print "$port\n";
            exit 0;
        }
        die "no free port on 127.0.0.1\n";'
}

# end_process PID WHAT: asks, waits, and in the end insists.
end_process()
{
    kill -TERM "$1" 2>/dev/null || return 0
    wait_until 15 "$2 to stop" process_gone "$1" && return 0
    kill -KILL "$1" 2>/dev/null
    return 1
}
