# The officer's console of the demo: where it listens, and who may sign in. Reads LIVE of ../run, and
# uses wait.sh and gate.sh.

CONSOLE_PASSWORD='three swings and a slide'

# Its usual port, unless somebody has that.
console_choose_port()
{
    CONSOLE_PORT=8025
    ! port_answers "$CONSOLE_PORT" 2>/dev/null || CONSOLE_PORT=$(free_port)
    printf '\nconsole\n    listen  127.0.0.1:%s\n' "$CONSOLE_PORT" >>"$LIVE/schoolgate.conf"
}

# An account for each reviewer of the configuration.
console_add_accounts()
{
    local name
    for name in okafor head postmaster auditor; do
        gate_cli "$LIVE" account add "$name" <<<"$CONSOLE_PASSWORD" >/dev/null || return 1
    done
}

console_url()
{
    echo "http://127.0.0.1:$CONSOLE_PORT/"
}

console_say_where()
{
    say "   the officer's console at $(strong "$(console_url)")"
    say "   sign in as okafor (the officer), head, postmaster or auditor; password: $CONSOLE_PASSWORD"
}

# console_get PATH: a page, as whoever has signed in with the cookies in the demo's folder.
console_get()
{
    curl -s --max-time 10 -b "$LIVE/cookies" -c "$LIVE/cookies" "$(console_url)$1"
}

# Signs in as the officer, as a browser would, and counts what waits.
console_waiting()
{
    local token
    token=$(console_get sign-in | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p')
    curl -s --max-time 10 -b "$LIVE/cookies" -c "$LIVE/cookies" -o /dev/null \
        --data-urlencode "csrf=$token" --data-urlencode name=okafor \
        --data-urlencode "password=$CONSOLE_PASSWORD" "$(console_url)sign-in"
    console_get live | jq -r .waiting
    rm -f "$LIVE/cookies"
}

# Fails when the console does not show what is held.
console_shows_what_waits()
{
    local waiting held
    held=$(gate_cli "$LIVE" incidents --as okafor --state held --json | wc -l)
    waiting=$(console_waiting)
    if [ "$waiting" != "$held" ] || [ "$held" -eq 0 ]; then
        say "   WRONG: $held are held, and the console says '$waiting'"
        return 1
    fi
    say "6. The officer's console: $waiting messages wait there for a decision"
    say
    console_say_where
    say
}
