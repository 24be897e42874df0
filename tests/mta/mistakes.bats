#!/usr/bin/env bats
# The ten mistakes that a postmaster most likely makes, each made for real, and the message that names
# its cure. The manual page schoolgate(1) lists them under TROUBLESHOOTING.

load support
load courier

setup_file()
{
    host_start
    send_with smtp "127.0.0.1:$POSTFIX_PORT"
    gate_reload "$HOST"
}

teardown_file()
{
    host_stop
}

# What was changed by a test is put back, so that the next one finds a host that is sound.
setup()
{
    kept=$BATS_TEST_TMPDIR/kept
    mkdir "$kept"
    cp -p "$HOST/schoolgate.conf" "$HOST/people.csv" "$HOST/etc/main.cf" "$HOST/etc/master.cf" "$kept"
}

teardown()
{
    cp -p "$kept/schoolgate.conf" "$kept/people.csv" "$HOST"
    cp -p "$kept/main.cf" "$kept/master.cf" "$HOST/etc"
    chown -R nobody "$HOST/record"
    gate_is_up "$HOST" || gate_start "$HOST"
}

doctor()
{
    "$BUILD/schoolgate" doctor -c "$HOST/schoolgate.conf" --postfix-config "$HOST/etc" --json \
        >"$HOST/doctor.json" || true
    [ -s "$HOST/doctor.json" ]
}

# found RESULT EXAMINATION SEEN CURE: doctor has said so; both texts are parts of what it said.
found()
{
    doctor || return 1
    jq -es --arg result "$1" --arg exam "$2" --arg seen "$3" --arg cure "$4" \
        'any(.[]; .result == $result and .examination == $exam and (.seen | contains($seen)) and
                  (.cure // "" | contains($cure)))' "$HOST/doctor.json" >/dev/null && return 0
    grep -F "\"$2\"" "$HOST/doctor.json" >&2
    return 1
}

# Postfix is told of another port, with the words of master.cf behind it: sets PORT.
another_service()
{
    PORT=$(free_port) || return 1
    postconf -c "$HOST/etc" -M "127.0.0.1:$PORT/inet=127.0.0.1:$PORT inet n - $1 - - smtpd" || return 1
    [ $# -eq 1 ] || postconf -c "$HOST/etc" -P "127.0.0.1:$PORT/inet/$2" || return 1
    postfix -c "$HOST/etc" reload >>"$HOST/start.log" 2>&1 || return 1
    wait_until 20 'Postfix to answer there' port_answers "$PORT"
}

@test "a host without mistakes has no problem, and nothing that could not be examined" {
    doctor
    equal 'what is amiss' '' "$(jq -c 'select(.result == "problem" or .result == "not examined")' "$HOST/doctor.json")"
    found fine all-mail 'ask schoolgate' ''
    found fine socket 'schoolgated answers' ''
    found fine socket-use "'postfix' may use" ''
    found fine settings-in-force 'and not changed since' ''
    found fine attachments 'locked in' ''
}

@test "mistake 1: the socket lies where Postfix cannot find it from its chroot" {
    another_service y
    fails mail_from_inside chroot --server "127.0.0.1:$PORT" --body hello
    grep -q '^<\*\* 451 ' "$HOST/chroot.smtp"
    found problem socket-use "'127.0.0.1:$PORT/inet' runs in a chroot" \
        "write 'socket unix:$HOST/queue/schoolgate/milter.sock'"
}

@test "mistake 2: mail passes unread while schoolgate is not there (milter_default_action)" {
    postconf -c "$HOST/etc" -e milter_default_action=accept
    postfix -c "$HOST/etc" reload >>"$HOST/start.log" 2>&1
    gate_stop "$HOST"
    mail unread --body 'please refuse this'
    arrived unread
    found problem absence 'passes unread' "'postconf -e milter_default_action=tempfail'"
    found problem socket 'schoolgated does not run' "'systemctl start schoolgate'"
    gate_start "$HOST"
}

@test "mistake 3: non_smtpd_milters is forgotten" {
    postconf -c "$HOST/etc" -e non_smtpd_milters=
    found problem all-mail "mail that programs hand to sendmail(1) ('pickup/unix') is not judged" \
        "'postconf -e \"non_smtpd_milters = unix:$HOST/gate/milter.sock\"'"
}

@test "mistake 4: the submission service has milters of its own" {
    another_service n smtpd_milters=
    fails mail judged --body 'please refuse this'
    mail override --server "127.0.0.1:$PORT" --body 'please refuse this'
    arrived override
    found problem all-mail "mail that comes in by '127.0.0.1:$PORT/inet' is not judged" \
        "take '-o smtpd_milters=…' off the service '127.0.0.1:$PORT/inet'"
}

@test "mistake 5: a setting is misspelt, or not indented, and the service goes on by the older file" {
    sed -i 's/^    contact .*/    contakt  the office/; s/^    user .*/user nobody/' "$HOST/schoolgate.conf"
    run "$BUILD/schoolgate" check -c "$HOST/schoolgate.conf"
    [ "$status" -eq 78 ]
    [[ $output == *"schoolgate.conf:6:5: error: unknown setting 'contakt'; did you mean 'contact'?"* ]]
    [[ $output == *"error: 'user' is a setting: indent it under its block"* ]]
    fails gate_reload "$HOST"
    gate_logged "$HOST" "did you mean 'contact'?"
    gate_logged "$HOST" 'kept the old configuration: the new one has errors'
    found problem configuration "did you mean 'contact'?" "'schoolgate check' shows it"
    cp -p "$kept/schoolgate.conf" "$HOST"
    found warning settings-in-force 'newer ones were refused' "'systemctl reload schoolgate'"
    gate_reload "$HOST"
    found fine settings-in-force 'and not changed since' ''
}

@test "mistake 6: the students' domain is mistyped, and students are not known" {
    sed -i 's/domain  students\./domain  student./' "$HOST/schoolgate.conf"
    echo address,role >"$HOST/people.csv"
    run "$BUILD/schoolgate" who -c "$HOST/schoolgate.conf" kim@students.kingsmead.example
    [[ $output == *external* ]]
    found warning domains "no role has that domain: who is not listed there counts as external" \
        "a role has 'domain student.kingsmead.example'"
    found warning domains "takes mail for 'students.kingsmead.example'" ''
}

@test "mistake 7: the list of people comes from Excel, with semicolons or in another encoding" {
    printf '\xef\xbb\xbfaddress;role\r\nkim@students.kingsmead.example;student\r\n' >"$HOST/people.csv"
    run "$BUILD/schoolgate" check -c "$HOST/schoolgate.conf"
    [ "$status" -eq 78 ]
    [[ $output == *"people.csv:1:1: error: the columns are parted by ';'; part them by commas"* ]]
    [[ $output == *"save as 'CSV UTF-8'"* ]]
    printf 'a\0d\0d\0r\0e\0s\0s\0' >"$HOST/people.csv"
    run "$BUILD/schoolgate" check -c "$HOST/schoolgate.conf"
    [[ $output == *"the file is not UTF-8; save it as 'CSV UTF-8'"* ]]
    printf '\xef\xbb\xbfaddress,role\r\nkim@students.kingsmead.example,student\r\n' >"$HOST/people.csv"
    run "$BUILD/schoolgate" who -c "$HOST/schoolgate.conf" kim@students.kingsmead.example
    [[ $output == *people.csv:2* ]]
}

@test "mistake 8: the service may not read its configuration, which shows only at a reload" {
    chmod 600 "$HOST/people.csv"
    fails gate_reload "$HOST"
    gate_logged "$HOST" "cannot open '$HOST/people.csv': Permission denied"
    found problem readable "every reload will be refused: '$HOST/people.csv'" "'chgrp -R nogroup $HOST"
    gate_stop "$HOST"
    gate_start "$HOST"
    gate_logged "$HOST" "every reload will be refused, for user 'nobody' may not read '$HOST/people.csv'"
    gate_logged "$HOST" "'chgrp -R nogroup $HOST; chmod -R g+rX $HOST'"
}

@test "mistake 9: the record is root's, after schoolgated was once run as root" {
    gate_stop "$HOST"
    chown root "$HOST/record/record.db"
    found problem ownership "'$HOST/record/record.db' (owner root" "'chown -R nobody: $HOST/record"
    run gate_start "$HOST"
    [ "$status" -ne 0 ]
    [[ $output == *"cannot write the record '$HOST/record/record.db': Permission denied"* ]]
    [[ $output == *"as root, 'chown -R nobody: $HOST/record'"* ]]
    chown -R nobody "$HOST/record"
    gate_start "$HOST"
    found fine ownership "only 'nobody' may read and write" ''
}

@test "mistake 10: this machine is not 'inside', so that what schoolgate sends counts as a stranger's" {
    sed -i 's|^    inside .*|    inside  10.20.0.0/16|
            s|^    send-with .*|    send-with  smtp 127.0.0.1:'"$(cat "$HOST/port")|" "$HOST/schoolgate.conf"
    found problem sending 'what schoolgate sends comes from 127.0.0.1' "add 127.0.0.1 to 'inside'"
    found note networks "takes mail from 127.0.0.1 without a login" "add 127.0.0.1 to 'inside'"
    sed -i 's|^    inside .*|    inside  127.0.0.0/8|' "$HOST/schoolgate.conf"
    found fine sending "which is 'inside'" ''
    another_service n smtpd_milters=
    sed -i "s|^    send-with .*|    send-with  smtp 127.0.0.1:$PORT|" "$HOST/schoolgate.conf"
    found problem sending "where '127.0.0.1:$PORT/inet' does not ask schoolgate" 'name a port'
}

@test "a filter before the queue is shown mail in place of schoolgate, and doctor says so" {
    local behind
    another_service n smtpd_milters=
    behind=$PORT
    another_service n "smtpd_proxy_filter=127.0.0.1:$behind"
    mail unseen --server "127.0.0.1:$PORT" --body 'please refuse this'
    arrived unseen
    found problem all-mail "mail that comes in by '127.0.0.1:$PORT/inet' is not judged: 'smtpd_proxy_filter'" \
        "take 'smtpd_proxy_filter' off the service '127.0.0.1:$PORT/inet'"
}
