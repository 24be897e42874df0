#!/usr/bin/env bats
# The same beside a real Sendmail: which lines setup shows, that they work as they stand when they are
# put where it says, and what it says of two test messages through the Sendmail that runs. Each test
# goes on from the one before.

load support
load driver_sendmail

setup_file()
{
    HOST=$(mta_folder)
    export HOST
    system_postfix >"$HOST/system.before"
    sink_start "$HOST" && export SINK_PORT && mta_create || return 1
    MTA_PORT=$(free_port)
    export MTA_PORT
    write_mta_cf ordinary "$MTA_PORT" '' '' && start_daemon ordinary "$MTA_PORT"
}

teardown_file()
{
    local status=0
    mta_stop || status=1
    gate_stop "$HOST" || status=1
    sink_stop "$HOST"
    ! gate_disgraced || status=1
    diff "$HOST/system.before" <(system_postfix) || status=1
    rm -rf "$HOST"
    return $status
}

teardown() { tail -n 15 "$HOST/gate.log" "$HOST/mail.log" || true; } # shown when a test fails

# set_up OPTION...: without questions, and with the test messages.
set_up()
{
    run "$BUILD/schoolgate" setup -c "$HOST/schoolgate.conf" --mta sendmail \
        --sendmail-cf "$HOST/mail/ordinary.cf" --yes --test "$@"
}

new_school()
{
    set_up --rules "$HOST/rules" --user nobody --state "$HOST/state" \
        --send-with "smtp 127.0.0.1:$MTA_PORT" --socket "unix:$HOST/gate/milter.sock" \
        --name 'Hillside School' --staff-domain hillside.example \
        --student-domain students.hillside.example --officer safe@hillside.example "$@"
}

ends() { equal 'exit code' "$1" "$status" || { echo "$output" >&2; return 1; }; }

says() { [[ $output == *"$1"* ]] || { printf 'not said: %s\n%s\n' "$1" "$output" >&2; return 1; }; }

says_not() { [[ $output != *"$1"* ]] || { printf 'said: %s\n%s\n' "$1" "$output" >&2; return 1; }; }

# delivered SUBJECT COUNT: whether so many messages of that subject have reached the sink in all.
delivered()
{
    wait_until 30 'the queue to drain' nothing_to_deliver || return 1
    equal "messages '$1'" "$2" "$(sink_find "$HOST" "Subject: schoolgate test, $1" | wc -l)"
}

# What setup has shown is done as it stands: the change to the .mc file, and the command behind it.
do_as_shown()
{
    sed -n "/^--- .*ordinary\.mc/,/^setup changes nothing/p" <<<"$output" >"$HOST/shown.diff"
    patch "$HOST/mail/ordinary.mc" "$HOST/shown.diff" || return 1
    remake
}

remake() { sh -ec "$(grep -oE '(cd .* && m4|make -C) .*' <<<"$output" | head -1)"; }

restart() { mta_stop && start_daemon ordinary "$MTA_PORT"; }

@test "before Sendmail has the lines, both test messages are said to have bypassed schoolgate" {
    # Enough to catch a chain letter; a school has all of them.
    mkdir "$HOST/rules"
    cp -r "$REPO"/rules/{schoolgate.conf,00-*.rules,26-chain-letters.rules,lists,examples} "$HOST/rules"
    new_school
    ends 78
    says "+++ $HOST/mail/ordinary.mc"
    says "+INPUT_MAIL_FILTER(\`schoolgate', \`S=local:$HOST/gate/milter.sock, F=T,"
    says "cd $HOST/mail && m4 ordinary.mc > ordinary.cf"
    says 'systemctl restart sendmail'
    says 'a harmless one: BYPASSED schoolgate'
    says 'a chain letter: BYPASSED schoolgate'
    says "'$HOST/mail/ordinary.cf' has no filter at 'unix:$HOST/gate/milter.sock'"
    delivered harmless 1
    delivered 'a chain letter' 1
}

@test "asked to change Sendmail, setup says that it does not, and changes nothing" {
    before=$(cat "$HOST"/mail/ordinary.*)
    set_up --change-mta
    ends 78
    says '--change-mta is for Postfix'
    delivered harmless 2
    run "$BUILD/schoolgate" setup -c "$HOST/schoolgate.conf" --sendmail-cf "$HOST/mail/ordinary.cf" \
        --yes --change-mta
    ends 69
    equal 'files of Sendmail' "$before" "$(cat "$HOST"/mail/ordinary.*)"
}

@test "lines that are in the .mc file alone, or in a file that the running Sendmail is older than, are not enough" {
    set_up
    cp "$HOST/mail/ordinary.cf" "$HOST/before.cf"
    do_as_shown
    cp "$HOST/before.cf" "$HOST/mail/ordinary.cf"
    set_up
    ends 78
    says "The lines for schoolgate are in '$HOST/mail/ordinary.mc', but '$HOST/mail/ordinary.cf' does not have them yet"
    says_not '+INPUT_MAIL_FILTER'
    remake
    grep -q "^Xschoolgate, S=local:$HOST/gate/milter.sock, F=T" "$HOST/mail/ordinary.cf"
    set_up
    ends 78
    says 'the Sendmail that runs is older than that file'
    says 'a chain letter: BYPASSED schoolgate'
    says "is older than '$HOST/mail/ordinary.cf', which names schoolgate"
    run "$BUILD/schoolgate" setup -c "$HOST/schoolgate.conf" --sendmail-cf "$HOST/mail/ordinary.cf" \
        --yes --change-mta
    ends 69
    says 'Sendmail stays as it is until you have done what is said above'
    delivered 'a chain letter' 5
}

@test "started anew while schoolgate is not running, Sendmail defers, and the cure is said" {
    restart
    set_up --change-mta
    ends 75
    says "Sendmail asks schoolgate already: nothing to change in $HOST/mail/ordinary.cf"
    says 'a harmless one: deferred: the mail server asks to come again later'
    says 'systemctl enable --now schoolgate'
    delivered harmless 5
}

@test "with schoolgate running, a new school's mail passes, and what would have been stopped is on record" {
    sed -i 's/^gate$/&\n    log  stderr/' "$HOST/schoolgate.conf"
    mta_gate_start
    set_up --change-mta
    ends 0
    says 'Nothing to change in'
    says 'Sendmail asks schoolgate already'
    says 'a harmless one: passed by schoolgate'
    says 'a chain letter: passed by schoolgate, which put it on record and did not stop it (HS-'
    delivered harmless 6
    delivered 'a chain letter' 6
}

@test "once rules are enforced the chain letter is refused, and the harmless message arrives" {
    set_up --mode enforce
    gate_reload "$HOST"
    set_up
    ends 0
    says 'a harmless one: passed by schoolgate'
    says 'a chain letter: caught by schoolgate'
    says 'Not sent: '
    delivered 'a chain letter' 7 # the one before the reload was the last
    delivered harmless 8
}

@test "a daemon with filters of its own is named, and its mail is seen to go past schoolgate" {
    other=$(free_port)
    write_mta_cf apart "$other" '' "$(contrib_m4 schoolgate.m4)"
    sed -i 's/^O DaemonPortOptions=.*/&, InputMailFilters=/' "$HOST/mail/apart.cf"
    start_daemon apart "$other"
    run "$BUILD/schoolgate" setup -c "$HOST/schoolgate.conf" --sendmail-cf "$HOST/mail/apart.cf" --yes --test \
        --send-with "smtp 127.0.0.1:$other"
    ends 78
    says "Sendmail's daemon MTA has an InputMailFilters of its own"
    says_not 'asks schoolgate already'
    says 'a chain letter: BYPASSED schoolgate'
    set_up --send-with "smtp 127.0.0.1:$MTA_PORT"
    ends 0
}

@test "where Sendmail lets mail pass while schoolgate is not there, the test says so" {
    gate_stop "$HOST"
    sed -i "/^INPUT_MAIL_FILTER(\`schoolgate/s/ F=T,//" "$HOST/mail/ordinary.mc"
    (cd "$HOST/mail" && m4 ordinary.mc >ordinary.cf)
    restart
    set_up
    ends 78
    says "-INPUT_MAIL_FILTER(\`schoolgate', \`S=local:$HOST/gate/milter.sock, T="
    says "+INPUT_MAIL_FILTER(\`schoolgate', \`S=local:$HOST/gate/milter.sock, F=T,"
    says 'lets mail go unread while schoolgate is not there'
    do_as_shown
    restart
    set_up
    ends 75
    says 'Sendmail asks schoolgate already'
}
