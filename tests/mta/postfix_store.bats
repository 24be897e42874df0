# The record cannot be written: what would have to be held is deferred, never passed on and never
# refused for good; ordinary mail goes on.

load support

setup_file()
{
    host_create
    mount -t tmpfs -o size=1m,mode=700,uid=nobody schoolgate-test "$HOST/record"
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT
}

teardown_file()
{
    postfix_stop "$HOST"
    gate_stop "$HOST"
    umount "$HOST/record"
    host_stop
}

fill_disk()
{
    cat /dev/zero >"$HOST/record/ballast" 2>/dev/null || true
}

@test "the disk is full: mail to be held is deferred, other mail passes, and it works again after" {
    mail before --body 'please hold'
    equal 'state' held "$(incident before | jq -r .state)"

    fill_disk
    fails mail full --body "please hold $(head -c 50000 /dev/zero | tr '\0' x)"
    told full | grep -q '^451.4.7.0 '
    never_arrives full
    mail full-pass --body 'nothing wrong'
    arrived full-pass
    log=$(grep -c . "$HOST/gate.log")

    rm "$HOST/record/ballast"
    mail after --body 'please hold'
    equal 'state' held "$(incident after | jq -r .state)"
    equal 'incident of the deferred message' '' "$(incident full)"
    never_arrives after
}

@test "the record cannot be opened: the same, and the log says so" {
    gate_stop "$HOST"
    mv "$HOST/record/record.db" "$HOST/record/away"
    echo 'This is no database, whatever its name says.' >"$HOST/record/record.db"
    chown nobody "$HOST/record/record.db"
    gate_start "$HOST"
    for words in 'please hold' 'please refuse'; do
        fails mail closed --body "$words"
        told closed | grep -q '^451.4.7.0 '
    done
    mail closed-pass --body 'nothing wrong'
    arrived closed-pass
    never_arrives closed
    grep -qE '^<3>.*record' "$HOST/gate.log"

    mv "$HOST/record/away" "$HOST/record/record.db"
    wait_until 30 'the record to be opened' mail open --body 'please hold'
    equal 'state' held "$(incident open | jq -r .state)"
}
