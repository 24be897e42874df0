# What becomes of decisions, and of those who look at pages, when something breaks: the console dies,
# the record is locked or its disk full, another process is down, the configuration is loaded again.

load ../mta/support
load ../mta/courier

ACCOUNTS='okafor head'
ACCOUNT_PASSWORD='swings and roundabouts'

setup_file()
{
    HOST=$(new_host faults)
    export HOST
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$REPO/tests/mta/school/." "$HOST"
    send_with sendmail /bin/true
    # What the record's log may grow to where the disk is slow, and as much again.
    mount -t tmpfs -o size=160m,mode=700,uid=nobody schoolgate-test "$HOST/record"
    PORT=$(free_port) METRICS=$(free_port)
    export PORT METRICS
    printf '%s\n' '' console "    listen 127.0.0.1:$PORT" "    metrics 127.0.0.1:$METRICS" \
        '' 'reviewer okafor' '    role officer' '    address okafor@kingsmead.example' \
        '' 'reviewer head' '    role head' '    address head@kingsmead.example' \
        >>"$HOST/schoolgate.conf"
    cp "$HOST/schoolgate.conf" "$HOST/good.conf"
    gate_start "$HOST"
    wait_until 30 'the first page' page
    for account in $ACCOUNTS; do
        gate_cli "$HOST" account add "$account" <<<"$ACCOUNT_PASSWORD"
        sign_in "$account"
    done
}

teardown()
{
    [ -z "${LOCKER:-}" ] || unlock
    grep -v " kind=alert " "$HOST/gate.log" | tail -n 12 # shown when a test fails
}

teardown_file()
{
    gate_stop "$HOST"
    umount "$HOST/record"
    gate_disgraced && return 1
    rm -rf "$HOST"
}

url() { echo "http://127.0.0.1:$PORT$1"; }

page() { curl -fsS -m 5 -o /dev/null "$(url /sign-in)"; }

# browse ACCOUNT PATH [CURL-OPTION...]
browse() { curl -sS -m 60 -b "$HOST/jar.$1" "${@:3}" "$(url "$2")"; }

# answers CODE ACCOUNT PATH [CURL-OPTION...]
answers()
{
    equal "$3" "$1" "$(browse "$2" "$3" -o "$HOST/page" -w '%{http_code}' "${@:4}")"
}

monitored() { curl -sS -m 5 -o "$HOST/monitored" -w '%{http_code}' "http://127.0.0.1:$METRICS/$1"; }

field_csrf() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }

sign_in() # ACCOUNT
{
    local token
    token=$(browse "$1" /sign-in -c "$HOST/jar.$1" | field_csrf)
    answers 303 "$1" /sign-in -c "$HOST/jar.$1" --data-urlencode "csrf=$token" --data "name=$1" \
        --data-urlencode "password=$ACCOUNT_PASSWORD"
    browse "$1" /account | field_csrf >"$HOST/csrf.$1"
}

# decide ACCOUNT ID... [-- CURL-OPTION...]: to keep them, as evidence.
decide()
{
    local account=$1
    local -a ids=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        ids+=(--data-urlencode "id=$1")
        shift
    done
    shift || true
    browse "$account" /decide --data "csrf=$(cat "$HOST/csrf.$account")" --data decision=keep \
        --data-urlencode 'reason=Evidence of what was sent.' "${ids[@]}" "$@"
}

child() { pgrep -P "$(cat "$HOST/gate.pid")" -x "$1"; }
console() { child schoolgate-web; }

another_console_than()
{
    local now
    now=$(console) && [ "$now" != "$1" ] && page
}

# deliver MANY: messages that are held.
deliver()
{
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "MANY=$1" \
        -D SENDER=d.price@kingsmead.example -D RECIPIENT=s.brown@home.example \
        -D 'TEXT=please hold this' -s "$BATS_TEST_DIRNAME/deliver_many.lua" 3>&-
}

# hold MANY: sets IDS, of those that are new.
hold()
{
    local last
    last=$(sql 'SELECT coalesce(max(number), 0) FROM incident')
    deliver "$1"
    mapfile -t IDS < <(sql "SELECT id FROM incident WHERE number > $last ORDER BY number")
    equal 'messages held' "$1" "${#IDS[@]}"
    NEW="incident.number > $last"
}

# Of the new ones: how many are kept, how many decisions there are, how many entries of the trail.
kept() { sql "SELECT count(*) FROM incident WHERE $NEW AND state = 'kept'"; }
decisions() { sql "SELECT count(*) FROM decision JOIN incident ON incident.number = incident WHERE $NEW"; }
entries()
{
    sql "SELECT count(*) FROM audit JOIN incident ON incident.id = audit.incident
        WHERE $NEW AND audit.action = 'keep'"
}

all_or_nothing()
{
    equal 'decisions' "$(kept)" "$(decisions)"
    equal 'entries of the trail' "$(kept)" "$(entries)"
}

some_are_kept() { [ "$(kept)" -gt "$1" ]; }

# lock SECONDS: the record, by another process.
lock()
{
    rm -f "$HOST/locked"
    perl -e '
        my ($file, $seconds, $sign) = @ARGV;
        open my $lock, "|-", "sqlite3", "-cmd", ".timeout 20000", $file or die;
        select $lock; $| = 1;
        print "BEGIN IMMEDIATE;\n.shell touch $sign\n";
        sleep $seconds;
        print "ROLLBACK;\n";' "$HOST/record/record.db" "$1" "$HOST/locked" 3>&- &
    LOCKER=$!
    wait_until 20 'the lock' test -e "$HOST/locked"
}

unlock()
{
    kill "$LOCKER" 2>/dev/null || true
    wait "$LOCKER" || true
    LOCKER=
}

# kill_soon PID MILLISECONDS: so long after the record is next written to.
kill_soon()
{
    perl -MTime::HiRes=stat,sleep -e '
        my ($file, $pid, $milliseconds, $ready) = @ARGV;
        my $before = (stat $file)[9];
        open my $sign, ">", $ready; close $sign;
        1 while (stat $file)[9] == $before;
        sleep $milliseconds / 1000;
        kill KILL => $pid;' "$HOST/record/record.db-wal" "$1" "$2" "$HOST/armed" 3>&- &
    KILLER=$!
    wait_until 10 'the killer' test -e "$HOST/armed"
    rm "$HOST/armed"
}

# halted PROCESS: where it has nothing of the record in hand, which others would wait for, and which would
# keep its log from beginning anew.
halted()
{
    local pid
    pid=$(child "$1")
    kill -STOP "$pid"
    [ "$(sqlite3 -cmd '.timeout 1000' "$HOST/record/record.db" 'PRAGMA wal_checkpoint(TRUNCATE)')" = '0|0|0' ] &&
        return 0
    kill -CONT "$pid"
    return 1
}

@test "a console that is killed while it decides leaves each incident decided or not, and none twice" {
    wait_until 30 'the courier to be halted' halted schoolgate-cour # or what it writes would set the killer off
    for after in 0 3 10 30; do
        hold 100
        old=$(console)
        kill_soon "$old" "$after"
        heard=yes
        decide okafor "${IDS[@]}" -- -o /dev/null -f || heard=no
        wait "$KILLER"
        wait_until 20 'another console' another_console_than "$old"
        echo "killed after $after ms with $(kept) of 100 decided, the browser heard: $heard" >&2
        [ "$heard" = no ] || equal 'kept' 100 "$(kept)"
        all_or_nothing
        decide okafor "${IDS[@]}" -- -o /dev/null # the same form again
        equal 'kept' 100 "$(kept)"
        all_or_nothing
    done
    kill -CONT "$(child schoolgate-cour)"
    gate_cli "$HOST" audit verify
}

@test "a record that is locked for a second only makes them wait" {
    hold 1
    lock 1
    answers 303 okafor /decide --data "csrf=$(cat "$HOST/csrf.okafor")" --data decision=keep \
        --data-urlencode 'reason=Evidence.' --data "id=${IDS[0]}"
    equal 'kept' 1 "$(kept)"
    all_or_nothing
    unlock
}

@test "a record that is locked for long: pages say so, decisions are not taken, and others are served" {
    hold 40
    lock 60
    start=$SECONDS
    decide okafor "${IDS[@]}" -- -o "$HOST/decided" -w '%{redirect_url}' >"$HOST/location" 3>&- &
    client=$!
    for n in 1 2 3 4 5 6 7 8 9 10; do
        browse head / -o "$HOST/waits.$n" -w '%{http_code}' >"$HOST/code.$n" 3>&- &
        clients="${clients:-} $!"
    done
    for _ in $(seq 50); do
        answers 200 okafor /live -m 4 # who waits for the record waits for 5 s
    done
    fails equal '/healthz' 000 "$(monitored healthz)"
    wait "$client" $clients
    echo "answered after $((SECONDS - start)) s" >&2
    [ $((SECONDS - start)) -lt 20 ]
    unlock
    all_or_nothing
    equal 'kept' 0 "$(kept)"
    for n in 1 2 3 4 5 6 7 8 9 10; do
        equal 'a view that cannot be put on record' 500 "$(cat "$HOST/code.$n")"
        grep -q 'The record could not be read or written' "$HOST/waits.$n"
    done
    curl -sS -b "$HOST/jar.okafor" "$(cat "$HOST/location")" >"$HOST/page"
    grep -q 'the record could not be written' "$HOST/page"
    decide okafor "${IDS[@]}" >/dev/null
    equal 'kept' 40 "$(kept)"
}

# What has room in the log already would find it there again.
fill_disk()
{
    equal 'the log' '0|0|0' "$(sql 'PRAGMA wal_checkpoint(TRUNCATE)')"
    dd if=/dev/zero of="$HOST/record/full" bs=4k 2>/dev/null || true
}

@test "a full disk: nothing is shown that cannot be put on the trail, and mail goes on" {
    hold 1
    fill_disk
    for path in / "/incident/${IDS[0]}"; do
        answers 500 okafor "$path"
        grep -q 'The record could not be read or written' "$HOST/page"
        fails grep -q 'Message 1' "$HOST/page"
    done
    answers 303 okafor /decide --data "csrf=$(cat "$HOST/csrf.okafor")" --data decision=keep \
        --data-urlencode 'reason=Evidence.' --data "id=${IDS[0]}"
    equal 'kept' 0 "$(kept)"
    # Ordinary mail leaves nothing on record.
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D MANY=3 -D SENDER=d.price@kingsmead.example \
        -D RECIPIENT=s.brown@home.example -D 'TEXT=nothing of note' \
        -s "$BATS_TEST_DIRNAME/deliver_many.lua" 3>&-
    rm "$HOST/record/full"
    answers 200 okafor "/incident/${IDS[0]}"
    decide okafor "${IDS[@]}" >/dev/null
    equal 'kept' 1 "$(kept)"
    all_or_nothing
}

both_decide() # ID: at the same moment, by both officers
{
    for account in $ACCOUNTS; do
        decide "$account" "$1" -- -o /dev/null -w '%{redirect_url}' >"$HOST/went.$account" 3>&- &
    done
    wait
}

@test "two officers decide the same incident at the same moment: one does, and the other is told" {
    hold 10
    for id in "${IDS[@]}"; do
        both_decide "$id"
        for account in $ACCOUNTS; do
            curl -sS -b "$HOST/jar.$account" "$(cat "$HOST/went.$account")" >"$HOST/told.$account"
        done
        equal "those who decided $id" 1 "$(grep -lF '1 message is kept as a breach' "$HOST"/told.* | wc -l)"
        equal "those who were told of $id" 1 "$(grep -lF '1 could not be done' "$HOST"/told.* | wc -l)"
    done
    equal 'kept' 10 "$(kept)"
    all_or_nothing
}

@test "loading the configuration again loses no request and no session" {
    for n in 1 2 3 4; do
        for _ in $(seq 50); do
            browse okafor /account -o /dev/null -w '%{http_code}\n' || echo lost
        done >"$HOST/codes.$n" 2>&1 3>&- &
        clients="${clients:-} $!"
    done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        old=$(console)
        gate_reload "$HOST"
        wait_until 20 'another console' another_console_than "$old"
    done
    wait $clients
    sort "$HOST"/codes.* | uniq -c >&2
    equal 'answers' 200 "$(cat "$HOST"/codes.* | grep -cx 200)"
}

@test "a configuration with errors leaves the console as it is" {
    old=$(console)
    echo 'nonsense' >>"$HOST/schoolgate.conf"
    fails gate_reload "$HOST"
    cp "$HOST/good.conf" "$HOST/schoolgate.conf"
    answers 200 okafor /
    equal 'the console' "$old" "$(console)"
}

@test "a certificate that is gone: mail goes on, the log says why, and the console comes with it" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 -days 2 \
        -keyout "$HOST/key.pem" -out "$HOST/certificate.pem" 2>/dev/null
    chown nobody "$HOST"/*.pem
    sed -i "/^    listen 127/a \    certificate $HOST/certificate.pem\n    key $HOST/key.pem" \
        "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    wait_until 20 'a page by TLS' curl -fsSk -m 5 -o /dev/null "https://127.0.0.1:$PORT/sign-in"
    mv "$HOST/certificate.pem" "$HOST/away.pem"
    gate_reload "$HOST"
    wait_until 20 'the log' gate_logged "$HOST" "cannot read '$HOST/certificate.pem'"
    deliver 1
    fails curl -fsSk -m 1 -o /dev/null "https://127.0.0.1:$PORT/sign-in"
    mv "$HOST/away.pem" "$HOST/certificate.pem"
    wait_until 60 'a page by TLS' curl -fsSk -m 5 -o /dev/null "https://127.0.0.1:$PORT/sign-in"
    cp "$HOST/good.conf" "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    wait_until 20 'a page' page
}

@test "whoever else hangs, incidents and the health of the service are shown" {
    hold 1
    for who in schoolgate-read schoolgate-gate schoolgate-cour; do
        wait_until 30 "$who to be halted" halted "$who"
    done
    answers 200 okafor "/incident/${IDS[0]}"
    grep -q 'Message 1' "$HOST/page"
    answers 200 okafor /health
    for who in schoolgate-read schoolgate-gate schoolgate-cour; do
        kill -CONT "$(child "$who")"
    done
}
