#!/usr/bin/env bats
# From an empty folder to mail that finds its way through schoolgate: setup beside a real Postfix, and
# what it says of two test messages while something is missing. Each test goes on from the one before.

load support

setup_file()
{
    HOST=$(new_host setup)
    export HOST
    sink_start "$HOST" || return 1
    postfix_create "$HOST" "mynetworks=$INSIDE" || return 1
    ln -s queue/schoolgate "$HOST/gate" # where gate_start looks for the socket
    postfix_start "$HOST" || return 1
    export POSTFIX_PORT SINK_PORT
    SYSTEM_POSTFIX=$(system_postfix)
    export SYSTEM_POSTFIX
}

teardown_file() { host_stop; }

# set_up OPTION...: without questions, and with the test messages.
set_up()
{
    run "$BUILD/schoolgate" setup -c "$HOST/schoolgate.conf" --postfix-config "$HOST/etc" --yes --test "$@"
}

new_school()
{
    set_up --rules "$HOST/rules" --user nobody --state "$HOST/state" \
        --send-with "smtp 127.0.0.1:$POSTFIX_PORT" --name 'Hillside School' \
        --staff-domain hillside.example --student-domain students.hillside.example \
        --officer safe@hillside.example "$@"
}

ends() { equal 'exit code' "$1" "$status" || { echo "$output" >&2; return 1; }; }

says() { [[ $output == *"$1"* ]] || { printf 'not said: %s\n%s\n' "$1" "$output" >&2; return 1; }; }

# delivered SUBJECT COUNT: whether so many messages of that subject have reached the sink in all.
delivered()
{
    wait_until 30 'the queue to drain' nothing_to_deliver || return 1
    equal "messages '$1'" "$2" "$(sink_find "$HOST" "Subject: schoolgate test, $1" | wc -l)"
}

@test "before Postfix is told, both test messages are said to have bypassed schoolgate" {
    # Enough to catch a chain letter; a school has all of them.
    mkdir "$HOST/rules"
    cp -r "$REPO"/rules/{schoolgate.conf,00-*.rules,26-chain-letters.rules,lists,examples} "$HOST/rules"
    new_school
    ends 78
    says 'a harmless one: BYPASSED schoolgate'
    says 'a chain letter: BYPASSED schoolgate'
    says "smtpd_milters of Postfix does not name 'unix:$HOST/queue/schoolgate/milter.sock'"
    says 'postconf -c'
    equal 'what Postfix asks' '' "$(postconf -c "$HOST/etc" -h smtpd_milters)"
    delivered harmless 1
    delivered 'a chain letter' 1
}

@test "the socket's folder is one that Postfix may enter and nobody but schoolgate may write to" {
    equal folder 'nobody postfix 2750' "$(stat -c '%U %G %a' "$HOST/queue/schoolgate")"
    equal state 'nobody 700' "$(stat -c '%U %a' "$HOST/state")"
    equal configuration 'root nogroup 640' "$(stat -c '%U %G %a' "$HOST/schoolgate.conf")"
}

@test "told of schoolgate while that is not running, Postfix defers, and the cure is said" {
    set_up --change-mta
    ends 75
    says 'schoolgate does not run yet: until it does, all mail waits'
    says 'a harmless one: deferred: the mail server asks to come again later'
    says '451 4.7.1'
    says 'systemctl enable --now schoolgate'
    for list in smtpd_milters non_smtpd_milters; do
        equal "$list" unix:schoolgate/milter.sock "$(postconf -c "$HOST/etc" -h $list)"
    done
    delivered harmless 1
}

@test "with schoolgate running, a new school's mail passes, and what would have been stopped is on record" {
    sed -i 's/^gate$/&\n    log  stderr/' "$HOST/schoolgate.conf"
    gate_start "$HOST"
    set_up
    ends 0
    says 'Nothing to change in'
    says 'a harmless one: passed by schoolgate'
    says 'a chain letter: passed by schoolgate, which put it on record and did not stop it (HS-'
    delivered harmless 2
    delivered 'a chain letter' 2
    equal 'socket' 'nobody postfix 660' "$(stat -c '%U %G %a' "$HOST/gate/milter.sock")"
}

@test "once rules are enforced the chain letter is refused, and the harmless message arrives" {
    set_up --mode enforce
    says '+mode enforce'
    gate_reload "$HOST"
    set_up
    ends 0
    says 'Nothing to change in'
    says 'Postfix asks schoolgate already'
    says 'a harmless one: passed by schoolgate'
    says 'a chain letter: caught by schoolgate'
    says 'Not sent: '
    delivered 'a chain letter' 3 # the one before the reload was the last
}

@test "who may not look into the record is not told that mail went past schoolgate" {
    install -d -o daemon "$HOST/daemons"
    install -o daemon "$HOST/schoolgate.conf" "$HOST/daemons"
    sed -i 's/^mode enforce/mode observe/' "$HOST/schoolgate.conf" && gate_reload "$HOST"
    run setpriv --reuid daemon --regid nogroup --clear-groups "$BUILD/schoolgate" setup --yes --test \
        -c "$HOST/daemons/schoolgate.conf" --postfix-config "$HOST/etc"
    ends 69
    says 'a chain letter: delivered; whether schoolgate has seen it is not known'
}

@test "where Postfix lets mail pass while schoolgate is not there, the test says so" {
    gate_stop "$HOST"
    postconf -c "$HOST/etc" -e milter_default_action=accept
    postfix -c "$HOST/etc" reload >/dev/null 2>&1
    set_up
    ends 78
    says 'lets mail go unread while schoolgate is not there'
    says '+milter_default_action = tempfail'
}

@test "milters that are there stay, in their order, behind schoolgate, and main.cf is kept" {
    other=$BATS_TEST_TMPDIR/other
    postfix_create "$other" 'smtpd_milters=inet:127.0.0.1:9, { unix:/run/x, default_action=accept }' \
        'non_smtpd_milters=$smtpd_milters' milter_default_action=accept
    cp "$other/etc/main.cf" "$BATS_TEST_TMPDIR/main.cf"
    run "$BUILD/schoolgate" setup -c "$HOST/schoolgate.conf" --postfix-config "$other/etc" --yes \
        --change-mta --socket "unix:$other/queue/schoolgate/milter.sock"
    ends 0
    equal smtpd_milters 'unix:schoolgate/milter.sock, inet:127.0.0.1:9, { unix:/run/x, default_action=accept }' \
        "$(postconf -c "$other/etc" -h smtpd_milters)"
    equal non_smtpd_milters '$smtpd_milters' "$(postconf -c "$other/etc" -h non_smtpd_milters)"
    equal milter_default_action tempfail "$(postconf -c "$other/etc" -h milter_default_action)"
    cmp "$BATS_TEST_TMPDIR/main.cf" "$other"/etc/main.cf.before-*
}

@test "the machine's own Postfix is never touched" {
    equal '/etc/postfix' "$SYSTEM_POSTFIX" "$(system_postfix)"
}
