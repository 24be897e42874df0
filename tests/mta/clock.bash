# What tests share in which the clock jumps: schoolgated and the command line go by one of their own.
# See courier.bash.

# schoolgated goes by the clock in $HOST/clock: so much ahead of the machine's, or behind. A sanitizer
# wants to be loaded first.
under_our_clock()
{
    local sanitizer fake
    sanitizer=$(ldd "$BUILD/schoolgated" | awk '/lib[at]san/ {print $3}')
    fake=$(find /usr/lib -name libfaketime.so.1 | head -1)
    [ -n "$fake" ] || return 1
    GATE_UNDER=(env "LD_PRELOAD=${sanitizer:+$sanitizer:}$fake" FAKETIME_NO_CACHE=1
        FAKETIME_DONT_FAKE_MONOTONIC=1 "FAKETIME_TIMESTAMP_FILE=$HOST/clock")
}

clock_is()
{
    echo "$1" >"$HOST/clock.new"
    mv "$HOST/clock.new" "$HOST/clock"
}

# As the officer does, by the same clock.
decide()
{
    "${GATE_UNDER[@]}" "$BUILD/schoolgate" "$1" -c "$HOST/schoolgate.conf" "${@:2}" \
        >"$HOST/decided.txt"
}
