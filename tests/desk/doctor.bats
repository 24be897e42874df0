#!/usr/bin/env bats
# What doctor says of an installation of which parts are missing or wrong, where no mail server needs to
# run: tests/mta/mistakes.bats has one that does.

bats_require_minimum_version 1.5.0
load support
load ../../contrib/demo/lib/wait.sh

# Postfix's configuration, as `postconf` reads it, with the lines that come in.
make_postfix()
{
    mkdir -p postfix
    {
        printf '%s\n' 'compatibility_level = 3.6' "queue_directory = $PWD/queue" 'myhostname = mail.kingsmead.example' \
            'mydestination =' 'mynetworks = 127.0.0.0/8 [::1]/128 [::ffff:127.0.0.0]/104'
        cat
    } >postfix/main.cf
    printf '%s\n' 'smtp inet n - n - - smtpd' 'pickup unix n - n 60 1 pickup' \
        'cleanup unix n - n - 0 cleanup' >postfix/master.cf
}

OURS='unix:/run/schoolgate/milter.sock'

# doctor [OPTION...]: its JSON is left in doctor.json, its exit code in `status`.
doctor()
{
    status=0
    schoolgate doctor --json "$@" >doctor.json || status=$?
}

# found RESULT EXAMINATION SEEN [CURE]: both texts are parts of what was said.
found()
{
    jq -es --arg result "$1" --arg exam "$2" --arg seen "$3" --arg cure "${4:-}" \
        'any(.[]; .result == $result and .examination == $exam and (.seen | contains($seen)) and
                  (.cure // "" | contains($cure)))' doctor.json >/dev/null && return 0
    grep -F "\"$2\"" doctor.json >&2
    return 1
}

results()
{
    jq -r --arg exam "$1" 'select(.examination == $exam) | .result' doctor.json | sort -u
}

# listen_as PERL: somebody else takes our socket, and does that with each client, $c.
listen_as()
{
    [ -z "${other:-}" ] || end_process "$other" perl
    rm -f milter.sock
    perl -MIO::Socket::UNIX -e '
        my $s = IO::Socket::UNIX->new(Local => "milter.sock", Listen => 5);
        while (my $c = $s->accept) { $c->autoflush; eval $ARGV[0]; close $c }' "$1" 3>&- &
    other=$!
    wait_until 10 'the other program to listen' test -S milter.sock
}

teardown()
{
    [ -z "${other:-}" ] || end_process "$other" perl
}

make_record()
{
    cp "$BATS_FILE_TMPDIR/record.db" record.db
}

# A record in which nothing has happened, as schoolgated makes it.
setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return 1
    mkdir spool
    printf '%s\n' 'school' '    officer a@kingsmead.example' 'record' '    database record.db' \
        'gate' '    socket unix:milter.sock' '    spool spool' '    log stderr' \
        'courier' '    send-with sendmail /bin/false' >gate.conf
    "${BUILD:-$BATS_TEST_DIRNAME/../../build}/schoolgated" -f -c gate.conf >gate.log 2>&1 3>&- &
    wait_until 20 'schoolgated to have loaded' has_loaded && end_process $! schoolgated
}

has_loaded()
{
    [ "$(sqlite3 record.db "SELECT count(*) FROM audit WHERE action = 'config-loaded'")" = 1 ]
}

@test "without a configuration each examination that needs it says so, and none of them is fine" {
    doctor -c nowhere.conf --mta none
    is "$status" 1
    found problem configuration "there is no configuration 'nowhere.conf'" 'name it with -c'
    [ "$(jq -r 'select(.result == "not examined") | .examination' doctor.json | wc -l)" -ge 30 ]
    is "$(jq -r 'select(.result == "fine" and .examination != "confinement") | .examination' doctor.json)" ""
}

@test "without a record what it would tell is not examined; a missing one is no fault by itself" {
    doctor --mta none
    found 'not examined' record "there is no record" 'when it is first started'
    is "$(results audit-trail)" 'not examined'
    is "$(results settings-in-force)" 'not examined'
}

@test "a mail server that is not there is told; one that is not to be looked at is left out" {
    doctor --sendmail-cf nowhere.cf
    found 'not examined' all-mail 'nowhere.cf'
    doctor --mta none
    found note all-mail "left out, as '--mta none' says"
    stops_with 64 schoolgate doctor --mta postfx
    says "no mail server 'postfx'; did you mean 'postfix'?"
}

@test "whoever may not read the configuration is told to ask as root" {
    chmod 600 school.conf
    chmod 755 . "$BATS_RUN_TMPDIR"
    cp "$BUILD/schoolgate" .
    run setpriv --reuid 65534 --clear-groups ./schoolgate doctor -c "$PWD/school.conf" --mta none --json
    [ "$status" -ne 0 ]
    printf '%s\n' "$output" >doctor.json
    found 'not examined' configuration 'may not be read by who asks' 'ask again as root'
    chmod 644 school.conf
    make_record
    mkdir hidden
    mv record.db hidden
    chmod 700 hidden
    sed -i "s|database .*|database  $PWD/hidden/record.db|" school.conf
    run setpriv --reuid 65534 --clear-groups ./schoolgate doctor -c "$PWD/school.conf" --mta none --json
    printf '%s\n' "$output" >doctor.json
    is "$(results record)$(results ownership)$(results audit-trail)" 'not examinednot examinednot examined'
}

@test "people read the worst first, with what to do below it, and how many examinations there were" {
    make_record
    run schoolgate doctor --mta none
    is "$status" 1
    is "$(awk '{print $1}' <<<"${lines[0]}")" problem
    is "$(awk '/^(problem|warning|unknown|note|fine)/ {print $1}' <<<"$output" | uniq | tr '\n' ' ')" \
        'problem warning note fine '
    says "         -> start it: 'systemctl start schoolgate'"
    [[ ${lines[-1]} =~ ^[0-9]+\ examinations:\ problems\ [1-9] ]]
}

@test "mail that could pass schoolgate by, or be signed too early, is told with its cure" {
    make_postfix <<END
smtpd_milters = inet:localhost:8891, { $OURS, default_action=quarantine }
non_smtpd_milters = $OURS
milter_protocol = 4
milter_content_timeout = 20s
message_size_limit = 0
always_bcc = archive@kingsmead.example
mynetworks = 127.0.0.0/8, 10.30.0.0/16, hash:/etc/clients
END
    doctor --postfix-config postfix
    found fine all-mail "'smtp/inet', 'pickup/unix' ask schoolgate"
    found warning absence "'smtp/inet' is put on hold" 'milter_default_action=tempfail'
    found warning order "asks 'inet:localhost:8891'" "put '$OURS' before it"
    found problem patience 'speaks version 4' 'milter_protocol=6'
    found warning patience 'waits 20 seconds' 'milter_content_timeout=300s'
    found warning size 'any size' "lower 'message_size_limit'"
    found note side-doors "'always_bcc = archive@kingsmead.example'"
    found warning networks 'takes mail from 10.30.0.0/16 without a login' "add 10.30.0.0/16 to 'inside'"
    found 'not examined' networks "'hash:/etc/clients'"
}

@test "a service without milters is a problem, but for a port that takes back what was filtered" {
    make_postfix <<<"smtpd_milters = $OURS"
    printf '%s\n' '127.0.0.1:10025 inet n - n - - smtpd -o receive_override_options=no_milters' \
        '587 inet n - n - - smtpd -o receive_override_options=no_milters' >>postfix/master.cf
    doctor --postfix-config postfix
    found problem all-mail "comes in by '587/inet' is not judged: 'receive_override_options' has 'no_milters'" \
        "take 'no_milters' off the service '587/inet'"
    found note all-mail "'127.0.0.1:10025/inet' asks no milter: right where a content filter"
    found problem all-mail "hand to sendmail(1) ('pickup/unix')" "non_smtpd_milters = $OURS"
    found fine absence "mail waits: its senders are asked to come back"
}

@test "Sendmail without F=T lets mail pass while schoolgate is not there" {
    printf '%s\n' 'DZ8.17.1.9' 'O InputMailFilters=schoolgate' 'O MaxMessageSize=1000000' \
        'Xschoolgate, S=local:/run/schoolgate/milter.sock, T=C:5m;S:10s;R:10s;E:5m' >sendmail.cf
    doctor --sendmail-cf sendmail.cf
    found problem absence 'passes unread' "add 'F=T' to the filter 'schoolgate'"
    found warning patience 'waits 10 seconds' 'R:5m'
    found fine all-mail "'MTA' ask schoolgate"
    sed -i 's/, T=/, F=T, T=/; s/R:10s/R:5m/' sendmail.cf
    doctor --sendmail-cf sendmail.cf
    is "$(results absence)" fine
    is "$(results patience)" fine
    : >sendmail.cf
    doctor --sendmail-cf sendmail.cf
    found problem all-mail 'its milters do not name schoolgate' 'INPUT_MAIL_FILTER(`schoolgate'
}

@test "what signs before schoolgate is known by name, by port or by its program, and what is not known is said so" {
    # A socket that says nothing, of a program that does.
    printf '%s\n' '#!/usr/bin/perl' 'use IO::Socket::UNIX; $0 = "opendkim";' \
        'my $s = IO::Socket::UNIX->new(Local => "queue/filter.sock", Listen => 5);' \
        'while (my $c = $s->accept) { sysread $c, my $asked, 17; print $c pack("NaNNN", 13, "O", 6, 0x1ff, 0) }' \
        >opendkim
    mkdir queue && chmod 755 opendkim && { ./opendkim 3>&- & other=$!; }
    wait_until 10 'the signer to listen' test -S queue/filter.sock
    make_postfix <<END
smtpd_milters = unix:filter.sock, unix:clamav/clamav-milter.ctl, inet:localhost:11332, unix:amavis/amavisd-milter.sock, inet:127.0.0.1:9999, $OURS
non_smtpd_milters = inet:localhost:12301, $OURS
END
    doctor --postfix-config postfix
    found warning order "'smtp/inet' asks 'unix:filter.sock', which looks like a DKIM signer" "put '$OURS' before it in 'smtpd_milters'"
    found warning order "asks 'inet:localhost:11332', which is rspamd's" 'smtpd_milters'
    found warning order "asks 'unix:amavis/amavisd-milter.sock', which signs where it is told to"
    found warning order "'pickup/unix' asks 'inet:localhost:12301'" "'non_smtpd_milters'"
    found 'not examined' order "asks 'inet:127.0.0.1:9999' before schoolgate, and whether that signs mail (DKIM, ARC) is not known"
    is "$(grep -c clamav doctor.json)" 0
    make_postfix <<<"smtpd_milters = unix:clamav/clamav-milter.ctl, $OURS"
    doctor --postfix-config postfix
    found fine order 'no milter before schoolgate signs mail'
}

@test "a filter before the queue sees mail in place of schoolgate" {
    make_postfix <<END
smtpd_milters = $OURS
non_smtpd_milters = $OURS
smtpd_proxy_filter = 127.0.0.1:10024
END
    doctor --postfix-config postfix
    found problem all-mail "comes in by 'smtp/inet' is not judged: 'smtpd_proxy_filter' hands it to another" \
        "name that filter in 'content_filter' instead"
    found fine all-mail "'pickup/unix' ask schoolgate"
}

@test "macros that Postfix makes up for all mail are told, with the setting that is left without them" {
    make_postfix <<END
smtpd_milters = $OURS
non_smtpd_milters = $OURS
milter_macro_defaults = x=y, {auth_authen}=head@kingsmead.example, { {j} = a b }
END
    printf '%s\n' '587 inet n - n - - smtpd -o {milter_macro_defaults={ auth_authen = kim@kingsmead.example }}' \
        >>postfix/master.cf
    doctor --postfix-config postfix
    found problem macros "counts as 'head@kingsmead.example' in mail that comes in by 'smtp/inet'" \
        "'postconf -e \"milter_macro_defaults = x=y, { {j} = a b }\"' and 'postfix reload'"
    found problem macros "counts as 'head@kingsmead.example' in mail that comes in by 'pickup/unix'"
    found problem macros "counts as 'kim@kingsmead.example' in mail that comes in by '587/inet'" \
        "take 'auth_authen' out of '-o milter_macro_defaults=…' of the service '587/inet'"
    found note macros "nobody can log in at a service that asks schoolgate"
    sed -i '/milter_macro/d' postfix/main.cf
    sed -i 's/-o {milter.*/-o milter_mail_macros= -o smtpd_sasl_auth_enable=yes/' postfix/master.cf
    doctor --postfix-config postfix
    is "$(results macros)" fine
}

@test "a relay whose port or certificate is never told is told, with its cure" {
    printf '%s\n' 'relay cloud' '    from 192.0.2.7' '    listener cloud' '    certificate out.cloud.example' \
        '    login envelope' '    domains kingsmead.example' >>school.conf
    make_postfix <<<"smtpd_milters = $OURS"
    doctor --postfix-config postfix
    found problem macros "no service that asks schoolgate calls itself 'cloud'" "'-o milter_macro_daemon_name=cloud'"
    echo '192.0.2.25:smtp inet n - n - - smtpd -o milter_macro_daemon_name=cloud' >>postfix/master.cf
    doctor --postfix-config postfix
    found problem macros "all mail of the relay 'cloud' is deferred: '192.0.2.25:smtp/inet' asks clients for no certificate" \
        '-o smtpd_tls_ask_ccert=yes'
    sed -i 's/=cloud$/& -o smtpd_tls_security_level=encrypt -o smtpd_tls_req_ccert=yes/' postfix/master.cf
    doctor --postfix-config postfix
    is "$(results macros)" note
    echo 'milter_macro_defaults = {cert_subject}=out.cloud.example' >>postfix/main.cf
    doctor --postfix-config postfix
    found problem macros "{cert_subject} is 'out.cloud.example' for all of it" "'postconf -e \"milter_macro_defaults = \"'"

    printf '%s\n' 'O InputMailFilters=schoolgate' 'O DaemonPortOptions=Name=MTA, Port=smtp' \
        'Xschoolgate, S=local:/run/schoolgate/milter.sock, F=T' >sendmail.cf
    doctor --sendmail-cf sendmail.cf
    found problem macros "no service that asks schoolgate calls itself 'cloud'" 'DAEMON_OPTIONS(`Name=cloud'
    sed -i 's/Name=MTA/Name=cloud/' sendmail.cf
    doctor --sendmail-cf sendmail.cf
    found problem macros "'cloud' asks clients for no certificate" 'confSERVER_CERT'
    printf '%s\n' 'O ServerCertFile=/etc/mail/tls/cert.pem' 'O TLSSrvOptions=V' >>sendmail.cf
    doctor --sendmail-cf sendmail.cf
    found problem macros "'cloud' asks clients for no certificate" 'take the V out of `confTLS_SRV_OPTIONS'
    sed -i '/TLSSrvOptions/d' sendmail.cf
    doctor --sendmail-cf sendmail.cf
    is "$(results macros)" fine
}

@test "a socket that is no socket, or that another program has, is told" {
    printf 'gate\n    socket  unix:%s/milter.sock\n' "$PWD" >>school.conf
    : >milter.sock
    doctor --mta none
    found problem socket 'is no socket' 'move it away'
    rm milter.sock
    listen_as 'print $c "220 hello\r\n"'
    doctor --mta none
    found problem socket 'but it does not answer as a milter does' 'ss -lxtnp'
    listen_as 'sysread $c, my $asked, 17; print $c pack("NaNNN", 13, "O", 6, 0x1ff, 0)'
    doctor --mta none
    found problem socket "another program answers" "another 'socket'"
    found problem socket "'perl', process $other"
    chmod 777 milter.sock
    chmod 755 . "$BATS_RUN_TMPDIR"
    doctor --mta none
    found warning socket 'every user of this machine may use' 'socket-mode 0660'
    chmod 700 .
    doctor --mta none
    is "$(results socket)" problem
}

@test "lists of the last school year, and people who are not known, are told" {
    touch -d '2 years ago' people.csv
    doctor --mta none
    found warning people-files 'it is of the last school year' 'save the list anew'
    sed -i '/^role student/,/^$/d' school.conf
    echo address,role >people.csv
    doctor --mta none
    found problem roles 'nobody is known as student' "write a block 'role student'"
    is "$(results people-files)" fine
}

@test "an officer who is a stranger, or a student, is told" {
    sed -i 's/officer .*/officer  online-safety@kingsmaed.example/' school.conf
    doctor --mta none
    found warning reviewers 'the officer online-safety@kingsmaed.example counts as external' 'schoolgate who'
    sed -i 's/officer .*/officer  kim@students.kingsmead.example/' school.conf
    doctor --mta none
    found problem reviewers 'counts as student'
}

@test "a school without a time zone, and a review that was due, are told" {
    sed -i '/time-zone/d' school.conf
    sed -i 's/^    version .*/&\n    review-due 2021-07-31/' policy.rules
    doctor --mta none
    found warning time-zone 'rules about school hours go by UTC' "'time-zone "
    found warning policy-review 'was due on 2021-07-31' "the block 'policy social-media'"
}

@test "a certificate that runs out is told thirty days before" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 20 -subj /CN=localhost \
        -keyout key.pem -out cert.pem 2>/dev/null
    printf 'console\n    listen 127.0.0.1:1\n    certificate cert.pem\n    key key.pem\n' >>school.conf
    doctor --mta none
    found warning certificate 'good until' 'renew it'
    make_record
    doctor --mta none
    found warning accounts 'nobody can sign in' "'schoolgate account add NAME'"
    found problem console 'nobody answers at 127.0.0.1:1,' 'journalctl'
    openssl req -x509 -key key.pem -days 90 -subj /CN=localhost -out cert.pem 2>/dev/null
    doctor --mta none
    is "$(results certificate)" fine
    echo nonsense >cert.pem
    doctor --mta none
    found problem certificate "cert.pem' holds no certificate"
}

@test "a pipe in place of a certificate or a record is not waited for" {
    printf 'console\n    certificate cert.pem\n    key key.pem\n' >>school.conf
    mkfifo cert.pem key.pem record.db
    doctor --mta none
    found problem certificate "cert.pem' holds no certificate"
    found problem record "record.db': it is no file of a record"
}

@test "a record from the future, a broken trail and a damaged file are told" {
    make_record
    doctor --mta none
    is "$(results record)$(results audit-trail)" finefine
    sqlite3 record.db "UPDATE audit SET at = at + 86400"
    doctor --mta none
    found problem clock 'which is yet to come' 'timedatectl'
    found problem audit-trail 'the audit trail is broken' 'keep a copy'
    is "$status" 1
    # Page after page, but for what says whose file it is.
    dd if=/dev/urandom of=record.db bs=4096 seek=20 count=8 conv=notrunc status=none
    doctor --mta none
    found problem record 'record.db'
}

@test "observing for months, and rules that no mail has met, are told" {
    make_record
    sqlite3 record.db "UPDATE audit SET at = at - 100 * 86400;
        INSERT INTO counter (day, name, n) VALUES (strftime('%s', 'now', 'start of day'), 'judged', 40)"
    doctor --mta none
    found fine disk "days as the record has grown"
    found note idle-rules '2 rules have met no mail within 90 days: chain-letter, late-to-student' 'replay'
    printf '\nmode observe\n' >>school.conf
    doctor --mta none
    found warning mode 'has let all mail pass for more than 60 days' "'mode enforce'"
}

# add_directory [LINE...]: a directory with a password file.
add_directory()
{
    printf '%s\n' 'directory ad' '    server ldap://127.0.0.1:1' '    base dc=kingsmead,dc=example' \
        '    role staff (mail=*)' '    bind-as cn=reader' '    password-file ad.password' '    ca-file ca.pem' \
        >>school.conf
    [ "$#" -eq 0 ] || printf '    %s\n' "$@" >>school.conf
    touch ca.pem
    echo secret >ad.password
    chmod 640 ad.password
}

# a copy that was asked for so many seconds ago: has_copy SECONDS [LINE...], with lines of its state.
has_copy()
{
    mkdir -p directory
    make_copy >directory/ad.csv
    printf '%s\n' '[directory]' "tried=$(date +%s)" "succeeded=$(($(date +%s) - $1))" 'people=7' "${@:2}" \
        >directory/ad.state
}

# As schoolgated begins one.
make_copy()
{
    sed -n 's/^#define SG_DIRECTORY_COPY_HEAD *"\(.*\)\\n"$/\1/p' "$BATS_TEST_DIRNAME"/../../include/schoolgate/*.h
}

@test "a directory that was never asked, has an old copy, or is not believed, is told with its cure" {
    doctor --mta none
    found fine directories 'no directory is to be asked'
    add_directory
    doctor --mta none
    found problem directories "directory 'ad' was never asked: until there is a copy of it, mail waits" \
        "'schoolgate directory ad --test'"
    echo '    without-copy start' >>school.conf
    doctor --mta none
    found warning directories "directory 'ad' was never asked: nobody is known by it"
    has_copy 60
    doctor --mta none
    found fine directories "directory 'ad' knows 7 people"
    has_copy 600000
    doctor --mta none
    found warning directories "directory 'ad' was last asked with success on" 'systemctl status schoolgate'
    has_copy 60 'failures=1' 'error=it has only 3 addresses of people, and had 70' 'cure=see whether they have left'
    doctor --mta none
    found warning directories 'was not refreshed the last time: it has only 3 addresses of people, and had 70' \
        'see whether they have left'
}

@test "who may not look at a directory's copy is told to ask as root" {
    add_directory
    has_copy 60
    chmod 755 . "$BATS_RUN_TMPDIR"
    chmod 644 school.conf people.csv policy.rules
    chmod 700 directory
    cp "$BUILD/schoolgate" .
    run setpriv --reuid 65534 --clear-groups ./schoolgate doctor -c "$PWD/school.conf" --mta none --json
    printf '%s\n' "$output" >doctor.json
    found 'not examined' directories "may not be read by who asks; ask as root"
}

@test "a password for a directory that anybody can read, or the service cannot, is a problem" {
    add_directory
    printf '%s\n' gate '    user nobody' >>school.conf
    chmod 755 . "$BATS_RUN_TMPDIR"
    chmod 600 ad.password
    doctor --mta none
    found problem directory-files "the directory cannot be asked: '$PWD/ad.password'" "chgrp nogroup $PWD/ad.password"
    chgrp nogroup ad.password
    chmod 640 ad.password
    doctor --mta none
    found fine directory-files 'the service may read them, and others no password'
    chmod 644 ad.password
    doctor --mta none
    found problem directory-files "anybody on this machine can use '$PWD/ad.password'" "chmod o= "
    chmod 640 ad.password
    chmod 600 ca.pem
    doctor --mta none
    found problem directory-files "'$PWD/ca.pem'"
}

@test "lists and exports are looked at as other files of people are, and not each of a thousand named" {
    mkdir lists
    for n in 1 2 3 4 5 6 7; do
        echo d.price@kingsmead.example >"lists/list$n"
        touch -d '200 days ago' "lists/list$n"
    done
    sed -i 's|^    csv  people.csv|&\n    lists lists kingsmead.example|' school.conf
    doctor --mta none
    found warning people-files "list1' is 200 days old"
    found warning people-files 'so old are 2 others as well'
    printf '%s\n' gate '    user nobody' >>school.conf
    chmod 755 . "$BATS_RUN_TMPDIR" lists
    chmod 644 school.conf people.csv policy.rules lists/*
    doctor --mta none
    is "$(results readable)" fine
    chmod 600 lists/list3
    doctor --mta none
    found problem readable "list3'"
}

@test "more patience with attachments than a mail server has is warned of" {
    doctor --mta none
    is "$(results attachment-time)" fine
    printf '%s\n' limits '    helper-seconds 110s' >>school.conf
    doctor --mta none
    is "$(results attachment-time)" fine
    sed -i 's/helper-seconds 110s/helper-seconds 111s/' school.conf
    doctor --mta none
    found warning attachment-time 'may take 111 s' "let 'helper-seconds' be 110 or less"
}

@test "what this kernel cannot refuse our processes is told, whatever the configuration" {
    doctor -c nowhere.conf --mta none
    found note confinement 'this kernel cannot confine our processes wholly' ||
        found warning confinement 'this kernel cannot confine our processes wholly' "'landlock'" ||
        found fine confinement 'confines each process to what it needs'
}

@test "a command that is not there cannot send" {
    printf 'courier\n    send-with  sendmail /nowhere/sendmail\n' >>school.conf
    doctor --mta none
    found problem sending "'/nowhere/sendmail' is no program" 'send-with smtp 127.0.0.1:25'
}
