# `make demo`: the samples end as the demo says they should, and nothing is left behind.

load support

setup()
{
    # A build folder of its own, so that a demo that somebody keeps running is not ours to stop.
    MINE=$(mktemp -d "/tmp/schoolgate-build.XXXXXX")
    ln -s "$BUILD/schoolgate" "$BUILD/schoolgated" "$MINE"
}

teardown()
{
    BUILD=$MINE "$DEMO/run" stop
    rm -rf "$MINE"
}

demo()
{
    BUILD=$MINE "$DEMO/run" "$@" 3>&-
}

left_running()
{
    grep -lsF "$MINE" /tmp/schoolgate-demo.*/build
}

@test "every sample ends as it should, in lines that fit the screen" {
    demo >"$MINE/out"
    for title in 'Homework' 'Snapchat' 'sofa' 'bounce' 'newsletter' 'forged'; do
        grep -q "$title" "$MINE/out"
    done
    equal 'samples that are wrong' 0 "$(grep -c WRONG "$MINE/out")"
    equal 'samples shown' 19 "$(grep -cE '^[01][0-9]  .*(DELIVERED|HELD|REFUSED|PART HELD)$' "$MINE/out")"
    grep -q '^ *550.5.7.0 ' "$MINE/out"
    # What is left waits in the console, where the demonstration account gets in.
    grep -qE '^6\. The officer.s console: 6 messages wait there' "$MINE/out"
    # The officer's two decisions came about, and each was told.
    fails grep -q 'did not come about' "$MINE/out"
    grep -qE '^     d\.price@kingsmead\.example +Your message has come back to you' "$MINE/out"
    grep -qE '^     d\.price@kingsmead\.example +Your message has gone on' "$MINE/out"
    grep -qE '^     online-safety@kingsmead\.example +Please look at a message' "$MINE/out"
    # Up to the record, which is the command line's own matter.
    sed '/^4\. /,$d' "$MINE/out" >"$MINE/table"
    equal 'lines too wide' '' "$(LC_ALL=C.UTF-8 awk 'length($0) > 100' "$MINE/table")"
}

@test "it leaves its folder, and nothing else" {
    before=$(system_postfix)
    demo >"$MINE/out"
    equal "this machine's Postfix" "$before" "$(system_postfix)"
    fails left_running
    fails pgrep -f "$MINE/schoolgated"
    [ -d "$MINE/demo/outside" ] && [ ! -L "$MINE/demo" ]
    "$MINE/schoolgate" incidents --as okafor -c "$MINE/demo/schoolgate.conf" | grep -q released
}

@test "samples that end otherwise make it fail" {
    mkdir "$MINE/repo"
    cp -r "$REPO/contrib" "$REPO/rules" "$MINE/repo"
    sed -i 's/^mode enforce/mode observe/' "$MINE/repo/contrib/demo/schoolgate.conf"
    BUILD=$MINE run "$MINE/repo/contrib/demo/run"
    echo "status $status: $output"
    [ "$status" -eq 1 ]
    for wanted in held part-held refused; do
        [[ $output == *"WRONG: it should have been $wanted"* ]]
    done
}

@test "DEMO_KEEP=1 keeps it running until it is stopped" {
    DEMO_KEEP=1 demo >"$MINE/out"
    left_running
    port=$(sed -n 's/.*127\.0\.0\.1, port \([0-9]*\),.*/\1/p' "$MINE/out")
    port_answers "$port"
    # The command that it prints works as it stands.
    run bash -c "$(sed -n '/^  swaks /,/coachdanprice/p' "$MINE/out")"
    [ "$status" -eq 0 ]
    demo stop
    fails left_running
    fails port_answers "$port"
}

@test "it refuses to work in the folders of this machine's Postfix" {
    BUILD=/etc/postfix run "$DEMO/run"
    [ "$status" -ne 0 ]
    [[ $output == *refusing* ]]
    [ ! -e /etc/postfix/demo ]
}
