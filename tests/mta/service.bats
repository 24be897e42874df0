# schoolgated as a service: its options and exit codes, the socket it opens, what it tells systemd,
# and how its parts come and go.

load support

setup()
{
    HOST=$(new_host service)
    chmod 755 "$HOST"
    gate_create "$HOST"
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    CONF=$HOST/schoolgate.conf
    SOCKET=$HOST/gate/milter.sock
}

teardown()
{
    cat "$HOST/gate.log" 2>/dev/null || true
    gate_stop "$HOST" || true
    rm -rf "$HOST"
}

# exits CODE ARGUMENT...: what schoolgated says is left in $output.
exits()
{
    local code=$1
    shift
    run "$BUILD/schoolgated" "$@"
    echo "$output"
    equal 'exit code' "$code" "$status"
}

# Whether somebody takes connections at the socket and answers as a milter does.
answers()
{
    cat >"$HOST/answers.lua" <<LUA
conn = mt.connect("unix:$SOCKET")
if conn == nil or mt.negotiate(conn, nil, nil, nil) ~= nil then os.exit(1) end
mt.disconnect(conn)
LUA
    miltertest -s "$HOST/answers.lua" 3>&-
}

logged() { grep -qF "$1" "$HOST/gate.log"; }

@test "help and version go to standard output; a wrong option does not" {
    exits 0 --help
    grep -q -- '--foreground' <<<"$output"
    exits 0 -V
    grep -qE '^schoolgated [0-9.]+$' <<<"$output"
    exits 64 --nonsense
    exits 64 -f "$CONF"
}

@test "-t checks the configuration and opens nothing" {
    exits 0 -t -c "$CONF"
    [ ! -e "$SOCKET" ]
    echo 'nonsense' >>"$CONF"
    exits 78 -t -c "$CONF"
    grep -qE 'schoolgate.conf:[0-9]+:1: error: ' <<<"$output"
}

@test "a bad configuration does not start; nor does one that names nobody" {
    echo 'nonsense' >>"$CONF"
    exits 78 -f -c "$CONF"
    exits 78 -f -c "$HOST/none.conf"
    cp "$BATS_TEST_DIRNAME/school/schoolgate.conf" "$CONF"
    sed -i 's/^    user  .*/    user no-such-user/' "$CONF"
    exits 67 -f -c "$CONF"
    grep -qF "cannot run as 'no-such-user'" <<<"$output"
}

@test "a folder that its user may not write to is named, and the socket goes again" {
    chown root "$HOST/record"
    exits 77 -f -c "$CONF"
    grep -qF "cannot keep the record in '$HOST/record': Permission denied" <<<"$output"
    [ ! -e "$SOCKET" ] || [ "$(stat -c %U "$HOST/gate")" != nobody ]
    chown nobody "$HOST/record"
    chmod 500 "$HOST/gate/spool"
    exits 77 -f -c "$CONF"
    grep -qF "spool" <<<"$output"
}

@test "the socket has the mode and group that are asked for, and goes when the service stops" {
    sed -i 's/^    socket-group .*/    socket-group  mail\n    socket-mode  0620/' "$CONF"
    gate_start "$HOST"
    equal 'socket' '620 nobody mail' "$(stat -c '%a %U %G' "$SOCKET")"
    [ ! -e "$SOCKET.new" ]
    gate_stop "$HOST"
    [ ! -e "$SOCKET" ]
}

@test "a socket in use is left alone, a stale one is replaced, and a file is not overwritten" {
    gate_start "$HOST"
    exits 69 -f -c "$CONF"
    grep -qF "another process" <<<"$output"
    answers
    gate_stop "$HOST"
    perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un($ARGV[0])) or die' "$SOCKET"
    gate_start_over_stale
    answers
    gate_stop "$HOST"
    echo 'a letter' >"$SOCKET"
    exits 69 -f -c "$CONF"
    equal 'the file' 'a letter' "$(cat "$SOCKET")"
}

# gate_start would remove what lies there.
gate_start_over_stale()
{
    "$BUILD/schoolgated" -f -c "$CONF" >>"$HOST/gate.log" 2>&1 3>&- &
    echo $! >"$HOST/gate.pid"
    wait_until 30 'schoolgated to answer' answers
}

@test "a service that stops leaves alone a socket that has taken the place of its own" {
    gate_start "$HOST"
    rm "$SOCKET"
    perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un($ARGV[0])) or die' "$SOCKET"
    gate_stop "$HOST"
    [ -S "$SOCKET" ]
}

@test "an inet socket that is taken says so" {
    perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1);
        $| = 1; print $s->sockport; sleep 60' >"$HOST/port" 3>&- &
    taker=$!
    wait_until 10 'a port to be taken' test -s "$HOST/port"
    sed -i "s/^    socket  .*/    socket inet:$(cat "$HOST/port")@127.0.0.1/" "$CONF"
    exits 69 -f -c "$CONF"
    kill "$taker"
    grep -qF "Address already in use" <<<"$output"
}

@test "the privileges are gone, for parent and gate, and the gate can get none back" {
    gate_start "$HOST"
    for pid in "$(cat "$HOST/gate.pid")" "$(gate_child "$HOST")"; do
        equal 'user' "$(id -u nobody)" "$(awk '/^Uid:/ {print $2 $3 $4 == $2 $2 $2 ? $2 : "mixed"}' "/proc/$pid/status")"
        equal 'groups' "$(id -G nobody)" "$(awk '/^Groups:/ {$1 = ""; print substr($0, 2)}' "/proc/$pid/status" | sed 's/ *$//')"
    done
    equal 'no new privileges' 1 "$(awk '/^NoNewPrivs:/ {print $2}' "/proc/$(gate_child "$HOST")/status")"
}

@test "in the background: the command returns when mail can be judged" {
    "$BUILD/schoolgated" -c "$CONF" >"$HOST/gate.log" 2>&1 3>&-
    answers
    pgrep -o -f "$BUILD/schoolgated -c $CONF" >"$HOST/gate.pid"
    equal 'its folder' / "$(readlink "/proc/$(cat "$HOST/gate.pid")/cwd")"
    gate_stop "$HOST"
    [ ! -e "$SOCKET" ]
}

@test "systemd is told of readiness, reload and stopping" {
    perl -MSocket -e 'socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, pack_sockaddr_un($ARGV[0])) or die;
        chmod 0777, $ARGV[0]; $| = 1; print "open\n";
        while (defined recv(S, $m, 4096, 0)) { print "$m\n" }' "$HOST/notify" >"$HOST/notified" 3>&- &
    listener=$!
    wait_until 10 'the notify socket to open' grep -q open "$HOST/notified"
    NOTIFY_SOCKET=$HOST/notify gate_start "$HOST"
    wait_until 10 'readiness' grep -q '^READY=1' "$HOST/notified"
    gate_reload "$HOST"
    wait_until 10 'the reload to end' eval '[ "$(grep -c ^READY=1 "$HOST/notified")" = 2 ]'
    gate_stop "$HOST"
    wait_until 10 'the end' grep -q '^STOPPING=1' "$HOST/notified"
    kill "$listener"
    equal 'in order' 'READY=1 RELOADING=1 READY=1 STOPPING=1' \
        "$(grep -E '^(READY|RELOADING|STOPPING)=' "$HOST/notified" | xargs)"
}

@test "systemd hears again and again that schoolgated is not stuck, when it wants to" {
    perl -MSocket -e 'socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, pack_sockaddr_un($ARGV[0])) or die;
        chmod 0777, $ARGV[0]; $| = 1; print "open\n";
        while (defined recv(S, $m, 4096, 0)) { print "$m\n" }' "$HOST/notify" >"$HOST/notified" 3>&- &
    listener=$!
    wait_until 10 'the notify socket to open' grep -q open "$HOST/notified"
    NOTIFY_SOCKET=$HOST/notify WATCHDOG_USEC=600000 gate_start "$HOST"
    wait_until 10 'a third sign of life' eval '[ "$(grep -c ^WATCHDOG=1 "$HOST/notified")" -ge 3 ]'
    kill "$listener"
}

@test "a gate that is told to stop, by whom ever, is started again behind the same socket" {
    gate_start "$HOST"
    for signal in TERM HUP KILL; do
        gate=$(gate_child "$HOST")
        kill -"$signal" "$gate"
        wait_until 30 'another gate' another_gate_than "$gate"
        answers
    done
    logged 'was killed by signal 9 (Killed)'
    logged 'it is started again at once'
    logged 'it is started again in 1 s'
}

another_gate_than()
{
    local now
    now=$(gate_child "$HOST") && [ "$now" != "$1" ]
}

@test "a hang-up sent to everything of that name reaches only the parent" {
    gate_start "$HOST"
    gate=$(gate_child "$HOST")
    equal 'name of the parent' schoolgated "$(cat "/proc/$(cat "$HOST/gate.pid")/comm")"
    fails grep -qx schoolgated "/proc/$gate/comm"
    gate_reload "$HOST"
    equal 'gate' "$gate" "$(gate_child "$HOST")"
}

@test "the gate does not outlive its parent" {
    gate_start "$HOST"
    gate=$(gate_child "$HOST")
    kill -KILL "$(cat "$HOST/gate.pid")"
    wait_until 10 'the gate to end' process_gone "$gate"
}

@test "what only a restart can change is said to need one, and the rest is taken" {
    gate_start "$HOST"
    sed -i "s|^    socket  .*|    socket unix:gate/other.sock|; s|record/record.db|record/other.db|" "$CONF"
    gate_reload "$HOST"
    logged "'socket' has changed: that takes effect only with a restart"
    answers
    gate=$(gate_child "$HOST")
    kill -KILL "$gate"
    wait_until 30 'another gate' another_gate_than "$gate"
    answers
    [ ! -e "$HOST/record/other.db" ]
}

@test "a reload that fails keeps the old configuration and says where the error is" {
    gate_start "$HOST"
    echo 'nonsense' >>"$CONF"
    fails gate_reload "$HOST"
    grep -qE '^<3>.*schoolgate.conf:[0-9]+:1: error: ' "$HOST/gate.log"
    answers
}

@test "patterns are compiled and kept when it starts, and a damaged file is made anew" {
    cache=$HOST/record/patterns.cache
    gate_start "$HOST"
    # Built without Vectorscan there is nothing to keep.
    ldd "$BUILD/schoolgated" | grep -q libhs || { [ ! -e "$cache" ] && return; }
    equal 'mode and owner' '600 nobody' "$(stat -c '%a %U' "$cache")"
    before=$(stat -c %i "$cache")
    gate_reload "$HOST"
    equal 'the file' "$before" "$(stat -c %i "$cache")"
    printf 'x' | dd of="$cache" bs=1 seek=500 conv=notrunc status=none
    gate_reload "$HOST"
    [ "$before" != "$(stat -c %i "$cache")" ]
    answers
}

@test "it runs as well where compiled patterns cannot be kept, and says so" {
    sed -i 's|^gate$|&\n    cache /nonexistent/schoolgate|' "$CONF"
    gate_start "$HOST"
    ! ldd "$BUILD/schoolgated" | grep -q libhs || logged "patterns are compiled anew at every start: cannot write '/nonexistent/schoolgate/"
    answers
}

# What the trail says of the service: the courier has entries of its own.
service_trail()
{
    sqlite3 "$HOST/record/record.db" "SELECT action, detail FROM audit
        WHERE action LIKE 'gate-%' OR action LIKE 'config-%' ORDER BY number"
}

trail_is_long() { [ "$(service_trail | wc -l)" = "$1" ]; }

# trail NUMBER: waits for so many entries about the service, and prints them.
trail()
{
    wait_until 10 "$1 entries on the audit trail" trail_is_long "$1"
    service_trail
}

digest_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

@test "what was loaded, and what was refused, is on the audit trail with its digest" {
    first=$(digest_of "$CONF" "$HOST/policy.rules")
    gate_start "$HOST"
    trail 2 | tee "$HOST/trail"
    grep -qx 'gate-started|schoolgated [0-9.]*' "$HOST/trail"
    grep -qFx "config-loaded|$CONF sha256=$first" "$HOST/trail"

    echo '# another word' >>"$HOST/policy.rules"
    second=$(digest_of "$CONF" "$HOST/policy.rules")
    gate_reload "$HOST"
    trail 3 | tail -1 | tee "$HOST/trail"
    grep -qFx "config-loaded|$CONF sha256=$second" "$HOST/trail"

    echo 'nonsense' >>"$CONF"
    fails gate_reload "$HOST"
    trail 4 | tail -1 | tee "$HOST/trail"
    grep -qFx "config-refused|$CONF has errors; in force is sha256=$second" "$HOST/trail"
}
