# Who is who from a directory: a real OpenLDAP server with 20,000 people, which gives 500 entries at
# once, as Active Directory does with its thousand; a real Postfix, and schoolgated between them.

load support
load slapd

PEOPLE=20000
AGAIN='who is who was read again'

setup_file()
{
    host_create && slapd_create "$HOST" "$PEOPLE" || return 1
    cp "$HOST/schoolgate.conf" "$HOST/without.conf"
    LDAP_PORT=$(free_port) LDAPS_PORT=$(free_port)
    export LDAP_PORT LDAPS_PORT POSTFIX_PORT SINK_PORT
    configure
    gate_start "$HOST" && postfix_start "$HOST"
}

teardown_file()
{
    slapd_stop "$HOST"
    [ -z "$(cat "$HOST/mute.pid" 2>/dev/null)" ] || kill "$(cat "$HOST/mute.pid")" || true
    host_stop
}

teardown() { tail -n 30 "$HOST/gate.log"; }

# configure [LINE...]: the block that the service goes by, with further settings.
configure()
{
    cp "$HOST/without.conf" "$HOST/schoolgate.conf"
    slapd_block "$HOST" "server ldaps://127.0.0.1:$LDAPS_PORT" 'refresh 5s' 'timeout 2s' \
        "group pupils cn=pupils,ou=groups,$LDAP_BASE" 'group chess (cn=chess)' \
        'lists (&(objectClass=groupOfNames)(mail=*))' "$@" >>"$HOST/schoolgate.conf"
}

# try LINE...: asks by a configuration of its own, beside the service; what is said is in $output.
try()
{
    cp "$HOST/without.conf" "$HOST/try.conf"
    slapd_block "$HOST" "$@" >>"$HOST/try.conf"
    run "$BUILD/schoolgate" directory -c "$HOST/try.conf" kingsmead --test
    echo "$output"
}

# refused_with WORDS CURE: whether that was said, and what to do about it.
refused_with()
{
    equal 'exit code' 69 "$status"
    grep -qF -e "$1" <<<"$output"
    grep -F 'what to do: ' <<<"$output" | grep -qF -e "$2"
}

# The service may be at it just now.
refresh() { wait_until 20 'a refresh' gate_cli "$HOST" directory kingsmead --refresh; }

# refresh_apart FILTER [OPTION...]: with a copy of its own, of which those that match FILTER are students.
refresh_apart()
{
    sed "s,^    role student .*,    role student $1,; s,record/record.db,apart/record.db,
        /^    \(group\|lists\|role staff\) /d" "$HOST/schoolgate.conf" >"$HOST/apart.conf"
    mkdir -p "$HOST/apart"
    run "$BUILD/schoolgate" directory -c "$HOST/apart.conf" kingsmead --refresh "${@:2}"
    echo "$output"
}

# from ADDRESS NAME: sends what is refused to staff, and let go from others.
from() { mail_from_inside "$2" --from "$1" --body 'please refuse'; }

is_refused()
{
    local name=refused-$RANDOM$RANDOM
    fails from "$1" "$name" 2>/dev/null && grep -q '^<\*\* 550' "$HOST/$name.smtp"
}

is_let_go() { from "$1" "let-go-$RANDOM$RANDOM"; }

role_of() { gate_cli "$HOST" who --json "$1" | jq -r .role; }

times_read() { grep -cF "$AGAIN" "$HOST/gate.log" || true; }

add_agency_teacher()
{
    slapd_change "$HOST" <<LDIF
dn: uid=agency,ou=staff,$LDAP_BASE
changetype: add
objectClass: inetOrgPerson
objectClass: schoolUser
uid: agency
cn: Agency
sn: Agency
mail: cover@agency.example
LDIF
}

drop_agency_teacher()
{
    slapd_change "$HOST" <<LDIF
dn: uid=agency,ou=staff,$LDAP_BASE
changetype: delete
LDIF
}

@test "until there is a first copy mail waits at the mail server, and the log sounds the alarm" {
    wait_until 20 'the alarm' gate_logged "$HOST" 'ALARM: there is no copy of it yet'
    fails from d.price@kingsmead.example too-early
    grep -qE '^<\*\* 451' "$HOST/too-early.smtp"
    gate_logged "$HOST" "deferred: there is no copy yet of directory 'kingsmead'"
    run gate_cli "$HOST" directory
    equal 'exit code' 69 "$status"
    grep -qF 'there is no copy yet' <<<"$output"
    grep -qF 'firewall' <<<"$output"
}

@test "once the directory answers, its people are known without a restart" {
    gate=$(gate_child "$HOST")
    slapd_start "$HOST"
    wait_until 30 'the first copy' gate_logged "$HOST" "$AGAIN"
    wait_until 10 'mail to be judged' is_refused t20@kingsmead.example
    is_let_go s.brown@home.example
    equal 'the gate' "$gate" "$(gate_child "$HOST")"
    equal 'who may read the copy' "600 nobody" \
        "$(stat -c '%a %U' "$HOST/record/directory/kingsmead.csv")"
}

@test "roles, nested groups in a circle, ends, disabled accounts, other addresses and lists are right" {
    refresh | tee "$HOST/said"
    grep -qE 'gave 20000 people' "$HOST/said"
    grep -qF 'role staff: 1000 people' "$HOST/said"
    grep -qF 'role student: 18800 people' "$HOST/said"
    grep -qF 'group pupils: 19001 people' "$HOST/said"
    grep -qF 'group chess: 2 people' "$HOST/said"
    who=$(gate_cli "$HOST" who --json t20@kingsmead.example alias.t40@kingsmead.example \
        s2@students.kingsmead.example pupils@kingsmead.example x500@kingsmead.example)
    equal 'in both groups' '["chess","pupils"]' "$(jq -c 'select(.address[0:3] == "t20") | .groups' <<<"$who")"
    jq -r 'select(.address[0:3] == "t20") | .source' <<<"$who" | grep -q '^directory kingsmead'
    equal 'by another address' staff "$(jq -r 'select(.address[0:5] == "alias") | .role' <<<"$who")"
    equal 'whose account has ended' former-student \
        "$(gate_cli "$HOST" who --json --at 2026-09-01 s2@students.kingsmead.example | jq -r .role)"
    equal 'whose account has not' student \
        "$(gate_cli "$HOST" who --json --at 2026-07-31T12:00 s2@students.kingsmead.example | jq -r .role)"
    equal 'a list that holds students' 'student 19001' \
        "$(jq -r 'select(.address[0:6] == "pupils") | "\(.role) \(.members)"' <<<"$who")"
}

@test "who comes is known, and who goes is not, within one refresh" {
    is_let_go cover@agency.example
    add_agency_teacher
    wait_until 20 'the new teacher to be known' is_refused cover@agency.example
    drop_agency_teacher
    wait_until 20 'the teacher to be gone' is_let_go cover@agency.example
}

@test "a refresh that has changed nothing is not told to anybody" {
    before=$(times_read)
    refresh
    tried=$(gate_cli "$HOST" directory --json | jq -r .tried)
    another_try() { [ "$(gate_cli "$HOST" directory --json | jq -r .tried)" != "$tried" ]; }
    wait_until 20 'the service to have asked again' another_try
    equal 'times that people were read' "$before" "$(times_read)"
}

@test "far fewer people than before are not believed, until somebody says that they have left" {
    copy=$HOST/apart/directory/kingsmead.csv
    refresh_apart '(uid=s19*)'
    refresh_apart '(|(uid=s190*)(uid=s191*)(uid=s192*)(uid=s193*)(uid=s194*)(uid=s195*))'
    equal 'when half have left' 0 "$status"
    refresh_apart '(uid=s1912*)'
    refused_with 'the copy stays as it is' --accept-loss
    grep -q '^student,"s19052@' "$copy"
    "$BUILD/schoolgate" directory -c "$HOST/apart.conf" | grep -qF 'addresses of'
    refresh_apart '(uid=nobody)' --accept-loss
    refused_with 'nobody who has an address is found' 'the filters match anybody'
    refresh_apart '(uid=s1912*)' --accept-loss
    equal 'when that is meant' 0 "$status"
    grep -q '^student,"s19121@' "$copy"
    fails grep -q '^student,"s19052@' "$copy"
}

@test "mail is judged at once while 20,000 entries are fetched again and again" {
    ( for i in 1 2; do refresh; done ) >/dev/null 2>&1 3>&- &
    busy=$!
    count=0
    while kill -0 $busy 2>/dev/null; do
        before=$(date +%s%N)
        is_refused t20@kingsmead.example
        took=$((($(date +%s%N) - before) / 1000000))
        echo "took $took ms"
        [ "$took" -lt 5000 ]
        count=$((count + 1))
    done
    wait $busy || true
    [ "$count" -ge 2 ]
}

@test "encrypted from the start, by StartTLS, or not at all; each server is tried" {
    local common=("server ldaps://127.0.0.1:1, ldaps://127.0.0.1:$LDAPS_PORT")
    try "${common[@]}"
    equal 'by the second' 0 "$status"
    grep -qF "ldaps://127.0.0.1:$LDAPS_PORT gave" <<<"$output"
    try "server ldap://127.0.0.1:$LDAP_PORT" 'start-tls yes'
    equal 'by StartTLS' 0 "$status"
    try 'server ldap://directory.kingsmead.example'
    equal 'in clear text over the network' 78 "$status"
    grep -qF "is not encrypted: write ldaps://, or 'start-tls yes'" <<<"$output"
}

@test "a certificate that nobody vouches for, or of another name, is refused" {
    slapd_certificate "$HOST" stranger
    export LDAP_TRUST=$HOST/ldap/stranger.pem
    try "server ldaps://127.0.0.1:$LDAPS_PORT"
    refused_with 'its certificate is not trusted' "by 'ca-file'"
    try "server ldap://127.0.0.1:$LDAP_PORT" 'start-tls yes'
    refused_with 'its certificate is not trusted' "by 'ca-file'"
    unset LDAP_TRUST
    try "server ldaps://localhost:$LDAPS_PORT"
    refused_with 'is of another name' 'the name that stands in the certificate'
}

@test "each thing that may be wrong is named, with what to do about it" {
    local good="server ldaps://127.0.0.1:$LDAPS_PORT"
    try "server ldaps://127.0.0.1:1"
    refused_with 'Connection refused' 'firewall'
    try "$good" 'page no'
    refused_with 'Size limit exceeded' "let 'page' be 500 or fewer"
    try "$good" 'size-most 5000'
    refused_with 'more than 5000 entries' "'size-most'"
    try "$good" "role parent (objectClass=schoolUser) below ou=parents,$LDAP_BASE"
    refused_with "cannot search at 'ou=parents,$LDAP_BASE': No such object" "look at 'base'"
    try "$good"
    sed -i 's/(objectClass=schoolUser)/(objectClass=nothing)/' "$HOST/try.conf"
    run "$BUILD/schoolgate" directory -c "$HOST/try.conf" --test
    refused_with 'nobody who has an address' 'the filters match anybody'
    try "$good"
    printf 'wrong' >"$HOST/ldap/other"
    chmod 640 "$HOST/ldap/other"
    sed -i 's|ldap/password|ldap/other|' "$HOST/try.conf"
    run "$BUILD/schoolgate" directory -c "$HOST/try.conf" --test
    refused_with 'Invalid credentials' "'bind-as'"
    chmod 644 "$HOST/ldap/other"
    run "$BUILD/schoolgate" directory -c "$HOST/try.conf" --test
    refused_with 'others can read it' 'chmod 640'
    fails grep -qF wrong <<<"$output"
}

@test "a server that takes connections and never says a word costs its time only" {
    port=$(free_port)
    perl -MIO::Socket::INET -e '
        my $mute = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0],
                                         Listen => 20, ReuseAddr => 1) or die;
        sleep 600;' "$port" 3>&- &
    echo $! >"$HOST/mute.pid"
    wait_until 10 'the mute server' port_answers "$port"
    for way in "ldaps:no" "ldap:no" "ldap:yes"; do
        try "server ${way%:*}://127.0.0.1:$port" "start-tls ${way#*:}" 'timeout 1s'
        refused_with "no answer in time" "'timeout'"
    done
    configure
    sed -i "s|server ldaps://127.0.0.1:.*|server ldaps://127.0.0.1:$port|" "$HOST/schoolgate.conf"
    gate_reload "$HOST"
    wait_until 20 'the service to have waited in vain' gate_logged "$HOST" 'no answer in time'
    gate_logged "$HOST" 'the last good copy stays in force'
    is_refused t20@kingsmead.example
}

@test "with the directory away the last good copy stands, and its age is an alarm" {
    configure 'stale-after 1s'
    slapd_stop "$HOST"
    gate_stop "$HOST"
    gate_start "$HOST"
    wait_until 20 'the alarm' gate_logged "$HOST" 'ALARM: who is who was last asked'
    is_refused t20@kingsmead.example
    is_let_go s.brown@home.example
    run gate_cli "$HOST" directory
    echo "$output"
    equal 'exit code' 69 "$status"
    grep -qF 'the copy is too old' <<<"$output"
    grep -qF 'Connection refused' <<<"$output"
    grep -qE 'to do +look whether the name and port' <<<"$output"
}
