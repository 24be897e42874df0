# What tests share in which the clock jumps: schoolgated and the command line go by one of their own.
# See courier.bash.

# A mail host whose schoolgated goes by a clock of ours.
clock_host_start()
{
    host_create
    run_as_root
    add_officer
    write_sendmail
    send_with sendmail "$HOST/sendmail"
    under_our_clock
    clock_is +0
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

# schoolgated goes by the clock in $HOST/clock: so many seconds ahead of the machine's, or behind. A
# sanitizer wants to be loaded first.
under_our_clock()
{
    local sanitizer
    sanitizer=$(ldd "$BUILD/schoolgated" | awk '/lib[at]san/ {print $3}')
    [ -e "$HOST/clock.so" ] ||
        cc -shared -fPIC -O2 -o "$HOST/clock.so" "$REPO/tests/mta/clock.c" || return 1
    [ -e "$HOST/clock" ] || clock_is 0
    GATE_UNDER=(env "LD_PRELOAD=${sanitizer:+$sanitizer:}$HOST/clock.so" "OUR_CLOCK=$HOST/clock")
}

# clock_is SECONDS: all at once, and in place, for the file is mapped.
clock_is()
{
    printf '%+020d\n' "$1" 1<>"$HOST/clock"
}

# As the officer does, by the same clock.
decide()
{
    "${GATE_UNDER[@]}" "$BUILD/schoolgate" "$1" -c "$HOST/schoolgate.conf" "${@:2}" \
        >"$HOST/decided.txt"
}
