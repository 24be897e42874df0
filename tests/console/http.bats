# The console's web server while many mean no good: others are served, and memory stays bounded.
# What single requests are answered is in tests/unit/test_console_http.c.

load ../mta/support

setup()
{
    HOST=$(new_host http)
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$REPO/tests/mta/school/." "$HOST"
    PORT=$(free_port)
    printf '\nconsole\n    listen 127.0.0.1:%s\n\nreviewer okafor\n    role officer\n' "$PORT" \
        >>"$HOST/schoolgate.conf"
    gate_start "$HOST"
    wait_until 20 'the first page' page
}

teardown()
{
    cat "$HOST/gate.log" 2>/dev/null || true
    for pid in ${crowd:-}; do kill "$pid" || true; done
    gate_stop "$HOST" || true
    rm -rf "$HOST"
}

page() { curl -fsS -m 5 -o /dev/null "http://127.0.0.1:$PORT/sign-in"; }

console() { pgrep -P "$(cat "$HOST/gate.pid")" -x schoolgate-web; }

memory() { awk '/^RssAnon:/ {print $2}' "/proc/$(console)/status"; }

# crowd KIND NUMBER: that many connections at once, until it is ended. Each says BEGINNING, and a byte
# ten times a second where MORSEL is not empty; those that end are replaced.
crowd()
{
    perl -MIO::Socket::INET -e '
        my ($port, $number, $beginning, $morsel, $ready) = @ARGV;
        $beginning =~ s/\\r\\n/\r\n/g;
        $SIG{PIPE} = "IGNORE";
        my @all = map { undef } 1 .. $number;
        while (1) {
            for my $one (@all) {
                if (!$one || !defined syswrite($one, $morsel)) {
                    $one = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Timeout => 5) or next;
                    syswrite($one, $beginning) if length $beginning;
                }
            }
            open my $file, ">", $ready; close $file;
            select undef, undef, undef, 0.1;
        }' "$PORT" "$1" "$2" "$3" "$HOST/ready.$4" 3>&- &
    crowd="${crowd:-} $!"
    wait_until 20 "crowd $4" test -e "$HOST/ready.$4"
}

# Ten others, one after the other; none waits for more than a second.
others_are_served()
{
    local time
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        time=$(curl -fsS -m 5 -o /dev/null -w '%{time_total}' "http://127.0.0.1:$PORT/sign-in") || return 1
        awk -v time="$time" 'BEGIN { exit time < 1 ? 0 : 1 }' || { echo "waited $time s" >&2; return 1; }
    done
}

@test "five hundred idle, half-open and slow connections keep nobody waiting, and cost little memory" {
    before=$(memory)
    crowd 150 '' '' idle
    crowd 150 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ' '' half
    crowd 100 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ' 'x' slow
    crowd 100 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\na=' 'x' body
    others_are_served
    after=$(memory)
    echo "memory: $before kB, with them $after kB" >&2
    [ $((after - before)) -lt "$(memory_margin 49152)" ]
    for pid in $crowd; do kill "$pid"; done
    crowd=
    others_are_served
}

@test "a hundred who guess passwords at once leave pages for others" {
    for _ in $(seq 100); do
        curl -sS -m 30 -o /dev/null --data 'csrf=x&name=okafor&password=guess' "http://127.0.0.1:$PORT/sign-in" 3>&- &
    done
    others_are_served
    wait
    page
}

# token JAR: the sign-in form's, for the browser that has the cookies in JAR.
token()
{
    curl -fsS -b "$1" -c "$1" "http://127.0.0.1:$PORT/sign-in" |
        sed -n 's/.*name="csrf" value="\([0-9a-f]*\)".*/\1/p'
}

@test "those who hash passwords wait for one another, and others for none of them" {
    jar=$HOST/jar
    token=$(token "$jar")
    for n in $(seq 40); do
        curl -sS -m 30 -b "$jar" -o /dev/null -w '%{http_code}\n' --data-urlencode "csrf=$token" \
            --data "name=nobody$n&password=guess" "http://127.0.0.1:$PORT/sign-in" >"$HOST/code.$n" 3>&- &
    done
    others_are_served
    wait
    # Wrong, too often, or too busy: nothing else, and nobody in.
    fails grep -vE '^(403|429|503)$' "$HOST"/code.*
}
