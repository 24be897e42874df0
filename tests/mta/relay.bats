# Mail that two cloud services send through us, by the files of contrib/postfix: each has a port, an
# address and a certificate of its own. Judged is the user whom the cloud names; whoever is not the
# cloud can neither name anybody nor send through us.

load support

POSTFIX=$REPO/contrib/postfix
CLOUD=127.0.0.2
OTHER_CLOUD=127.0.0.3

# authority NAME
authority()
{
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$HOST/tls/$1.key" -out "$HOST/tls/$1.pem" 2>/dev/null
}

# certificate FILE NAME AUTHORITY
certificate()
{
    openssl req -newkey rsa:2048 -nodes -subj "/O=Cloud/CN=$2" -keyout "$HOST/tls/$1.key" 2>/dev/null |
        openssl x509 -req -days 2 -CA "$HOST/tls/$3.pem" -CAkey "$HOST/tls/$3.key" -CAcreateserial \
            -out "$HOST/tls/$1.pem" 2>/dev/null
}

make_certificates()
{
    mkdir "$HOST/tls"
    authority trusted && authority stranger || return 1
    certificate cloud out.cloud.example trusted
    certificate neighbour out.neighbour.example trusted
    certificate forged out.cloud.example stranger
    authority other-cloud
}

# listener NAME PORT [OPTION...]: the shipped service, on a port of ours, as one line.
listener()
{
    local name=$1 port=$2
    shift 2
    grep -v '^#' "$POSTFIX/relay-master.cf" | tr -s '\n ' '  ' |
        sed "s/^192.0.2.25:smtp inet n - y/127.0.0.1:$port inet n - n/; s/daemon_name=cloud/daemon_name=$name/"
    echo "$* "
}

relay_configure()
{
    local etc=$HOST/etc
    sed '/^smtpd_tls_\(cert\|key\)_file/d; s|^relay_ca_file =.*|relay_ca_file = $config_directory/../tls/trusted.pem|' \
        "$POSTFIX/relay-main.cf" >>"$etc/main.cf"
    cat >>"$etc/main.cf" <<END
smtpd_tls_cert_file = $HOST/tls/cloud.pem
smtpd_tls_key_file = $HOST/tls/cloud.key
relay_clientcerts = texthash:$etc/relay-certificates
smtpd_tls_fingerprint_digest = sha256
END
    cp "$POSTFIX/relay-senders" "$etc"
    printf '%s permit\n' "$CLOUD" "$OTHER_CLOUD" >"$etc/relay-clients.cidr"
    openssl x509 -in "$HOST/tls/other-cloud.pem" -noout -fingerprint -sha256 |
        sed 's/.*=//; s/$/ other-cloud/' >"$etc/relay-certificates"
    {
        echo 'tlsmgr unix - - n 1000? 1 tlsmgr'
        listener cloud "$CLOUD_PORT"
        listener other-cloud "$OTHER_PORT" -o smtpd_tls_req_ccert=no -o smtpd_tls_ask_ccert=yes \
            -o '{smtpd_relay_restrictions=permit_tls_clientcerts, reject}'
    } >>"$etc/master.cf"
}

setup_file()
{
    CLOUD_PORT=$(free_port)
    OTHER_PORT=$(free_port)
    export CLOUD_PORT OTHER_PORT
    host_create || return 1
    make_certificates || return 1
    relay_configure
    cat "$BATS_TEST_DIRNAME/cloud/relays.conf" >>"$HOST/schoolgate.conf"
    gate_start "$HOST" && postfix_start "$HOST" || return 1
    export POSTFIX_PORT SINK_PORT
    wait_until 20 'the first port' port_answers "$CLOUD_PORT"
    wait_until 20 'the second port' port_answers "$OTHER_PORT"
}

teardown_file() { host_stop; }

# by_cloud NAME USER [SWAKS-OPTION...]: as the first cloud sends it, in which USER has logged in.
by_cloud()
{
    local name=$1 user=$2
    shift 2
    from "$CLOUD" "$CLOUD_PORT" cloud "$name" --header "X-Sent-By: $user" \
        --header 'X-Tenant: kingsmead 7Q' "$@"
}

# by_other_cloud NAME SENDER [SWAKS-OPTION...]
by_other_cloud()
{
    local name=$1 sender=$2
    shift 2
    from "$OTHER_CLOUD" "$OTHER_PORT" other-cloud "$name" --from "$sender" \
        --header 'X-OriginatorOrg: kingsmead.example' "$@"
}

# from ADDRESS PORT CERTIFICATE NAME [SWAKS-OPTION...]
from()
{
    local address=$1 port=$2 certificate=$3 name=$4
    shift 4
    swaks --server "127.0.0.1:$port" --timeout 60 --local-interface "$address" --tls \
        --tls-cert "$HOST/tls/$certificate.pem" --tls-key "$HOST/tls/$certificate.key" \
        --from d.price@kingsmead.example --to s.brown@home.example \
        --header "Message-Id: <$name@mail.kingsmead.example>" "$@" >"$HOST/$name.smtp" 2>&1
}

# Swaks marks what it is told by TLS in another way.
told()
{
    tr -d '\r' <"$HOST/$1.smtp" | sed -n 's/^<[*~]\* //p'
}

@test "what a cloud's user writes is judged as theirs, whatever the envelope and From say" {
    fails by_cloud refused d.price@kingsmead.example --from t.brown@students.kingsmead.example \
        --h-From 't.brown@students.kingsmead.example' --body 'please refuse'
    told refused | grep 'Not sent: Chain letter'
    never_arrives refused
    shown=$(incident refused)
    equal 'who' 'd.price@kingsmead.example staff t.brown@students.kingsmead.example' \
        "$(jq -r '[.login, .sender.role, .sender.address] | join(" ")' <<<"$shown")"
    line=$(log_line "$(jq -r .id <<<"$shown")")
    equal 'log' 'staff d.price@kingsmead.example' "$(field "$line" role) $(field "$line" login)"

    by_cloud allowed t.brown@students.kingsmead.example --body 'please refuse'
    arrived allowed
    equal 'incidents' '' "$(incident allowed)"
}

@test "neither the user's field nor the tenant's goes on, nor is it kept with held mail" {
    by_cloud clean '<d.price@kingsmead.example>' --body 'nothing wrong'
    fails grep -iE '^X-(Sent-By|Tenant):' "$(arrived clean)"
    by_cloud held d.price@kingsmead.example --body 'please hold'
    never_arrives held
    shown=$(incident held)
    equal 'state' held "$(jq -r .state <<<"$shown")"
    gate_cli "$HOST" show --message "$(jq -r .id <<<"$shown")" >"$HOST/held.kept"
    grep -F 'please hold' "$HOST/held.kept"
    fails grep -iE '^X-(Sent-By|Tenant):' "$HOST/held.kept"
}

@test "a cloud's users get notices, as those who log in here do" {
    by_cloud noted d.price@kingsmead.example --body 'please notify'
    arrived noted
    incident noted | jq -e '[.notices[].to] == ["d.price@kingsmead.example"]'
}

@test "from elsewhere the fields are anybody's, and stay where they are" {
    mail_from_inside inside --from t.brown@students.kingsmead.example --body 'please refuse' \
        --header 'X-Sent-By: d.price@kingsmead.example' --header 'X-Tenant: kingsmead 7Q'
    grep -F 'X-Sent-By: d.price@kingsmead.example' "$(arrived inside)"
    equal 'incidents' '' "$(incident inside)"
}

@test "a stranger is refused, with the fields and with the certificate" {
    fails from 127.0.0.9 "$CLOUD_PORT" cloud stranger --header 'X-Tenant: kingsmead 7Q' \
        --header 'X-Sent-By: d.price@kingsmead.example'
    told stranger | grep '^554 5.7.1 .*Client host rejected'
    never_arrives stranger
}

@test "a client at the cloud's address is refused with another certificate, or with none" {
    fails by_cloud forged d.price@kingsmead.example --tls-cert "$HOST/tls/forged.pem" \
        --tls-key "$HOST/tls/forged.key"
    told forged | grep '^421 .*Client certificate not trusted'
    fails swaks --server "127.0.0.1:$CLOUD_PORT" --local-interface "$CLOUD" --tls \
        --from d.price@kingsmead.example --to s.brown@home.example >"$HOST/none.smtp" 2>&1
    told none | grep '^421 .*No client certificate presented'
    fails swaks --server "127.0.0.1:$CLOUD_PORT" --local-interface "$CLOUD" \
        --from d.price@kingsmead.example --to s.brown@home.example >"$HOST/clear.smtp" 2>&1
    told clear | grep '^530 5.7.0 Must issue a STARTTLS'
    fails from "$OTHER_CLOUD" "$OTHER_PORT" cloud unlisted
    told unlisted | grep '^554 5.7.1 .*Recipient address rejected: Access denied'
    never_arrives forged
}

@test "the cloud's neighbour, with a good certificate of another name, is deferred" {
    fails from "$CLOUD" "$CLOUD_PORT" neighbour neighbour --header 'X-Tenant: kingsmead 7Q' \
        --header 'X-Sent-By: d.price@kingsmead.example'
    told neighbour | grep '^451.4.7.1 Not sent yet: .*could not tell who wrote this'
    grep 'message deferred, for relay cloud does not tell its user: the connection has no cert' \
        "$HOST/gate.log"
}

@test "another customer of the same cloud is deferred, and cannot send in others' names at all" {
    fails from "$CLOUD" "$CLOUD_PORT" cloud customer --header 'X-Tenant: elsewhere' \
        --header 'X-Sent-By: d.price@kingsmead.example'
    told customer | grep '^451.4.7.1 '
    fails by_cloud foreign d.price@kingsmead.example --from x@elsewhere.example
    told foreign | grep '^554 5.7.1 .*Sender address rejected'
    never_arrives foreign
}

@test "a user who is named twice, or not plainly, or not ours, is nobody" {
    fails by_cloud twice d.price@kingsmead.example --header 'X-Sent-By: a.khan@kingsmead.example'
    told twice | grep '^451.4.7.1 '
    fails by_cloud quoted '"d.price" <d.price@kingsmead.example>'
    told quoted | grep '^451.4.7.1 '
    fails by_cloud foreigner d.price@elsewhere.example
    told foreigner | grep '^451.4.7.1 '
    never_arrives twice
}

@test "a bounce passes, named or not" {
    by_cloud bounce d.price@kingsmead.example --from '<>' --body 'refuse from anybody'
    arrived bounce
    incident bounce | jq -e '.state == "passed" and .login == "d.price@kingsmead.example"'
    from "$CLOUD" "$CLOUD_PORT" cloud unnamed --from '<>' --body 'refuse from anybody'
    arrived unnamed
    equal 'incidents' '' "$(incident unnamed)"
}

@test "mail from outside that comes from the cloud's address is incoming" {
    swaks --server "127.0.0.1:$POSTFIX_PORT" --timeout 60 --local-interface "$CLOUD" \
        --from x@elsewhere.example --to a.khan@kingsmead.example --body 'refuse from anybody' \
        --header 'X-Sent-By: d.price@kingsmead.example' --header 'X-Tenant: kingsmead 7Q' \
        --header 'Message-Id: <inbound@mail.kingsmead.example>'
    arrived inbound
    equal 'incidents' '' "$(incident inbound)"
}

@test "where the envelope names the user, and the certificate is known by its fingerprint" {
    fails by_other_cloud envelope a.khan@kingsmead.example --body 'please refuse'
    incident envelope | jq -e '.state == "refused" and .login == "a.khan@kingsmead.example"'
    by_other_cloud fine a.khan@kingsmead.example --body 'nothing wrong'
    fails grep -i '^X-OriginatorOrg:' "$(arrived fine)"
    fails from "$OTHER_CLOUD" "$OTHER_PORT" other-cloud nobodys --body 'nothing wrong'
    told nobodys | grep '^550.5.7.1 Not sent: .*could not tell who wrote this'
    never_arrives nobodys
}

@test "a saved message can be tried as by a relay" {
    printf '%s\n' 'From: d.price@kingsmead.example' 'To: s.brown@home.example' \
        'X-Tenant: kingsmead 7Q' 'X-Sent-By: a.khan@kingsmead.example' '' 'please refuse' \
        >"$HOST/saved.eml"
    gate_cli "$HOST" scan --relay cloud --json "$HOST/saved.eml" |
        jq -e '.action == "reject" and .sender.address == "a.khan@kingsmead.example"'
    sed -i '/^X-Tenant/d' "$HOST/saved.eml"
    run gate_cli "$HOST" scan --relay cloud "$HOST/saved.eml"
    equal 'exit code' 77 "$status"
    [[ $output == *"by relay 'cloud' it is deferred: it lacks the field that says whose mail it is"* ]]
    run gate_cli "$HOST" scan --relay clod "$HOST/saved.eml"
    equal 'exit code' 64 "$status"
}

# doctor's findings of macros, as RESULT SEEN.
macros()
{
    { "$BUILD/schoolgate" doctor -c "$HOST/schoolgate.conf" --postfix-config "$HOST/etc" --json || true; } |
        jq -r 'select(.examination == "macros") | "\(.result) \(.seen)"'
}

@test "doctor finds that each cloud's port asks for a certificate, and tells of one that does not" {
    local found
    found=$(macros)
    grep -q '^fine the mail server tells schoolgate what that asks for' <<<"$found"
    sed -i "s/smtpd_tls_req_ccert=yes/smtpd_tls_req_ccert=no/" "$HOST/etc/master.cf"
    postfix -c "$HOST/etc" reload >>"$HOST/start.log" 2>&1
    found=$(macros)
    grep -q "^problem all mail of the relay 'cloud' is deferred: '127.0.0.1:$CLOUD_PORT/inet' asks" <<<"$found"
    sed -i "/^127.0.0.1:$CLOUD_PORT /s/smtpd_tls_req_ccert=no/smtpd_tls_req_ccert=yes/" "$HOST/etc/master.cf"
    postfix -c "$HOST/etc" reload >>"$HOST/start.log" 2>&1
}
