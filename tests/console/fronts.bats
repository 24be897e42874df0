# The console behind a web server that speaks TLS and signs people in: with the very files of
# contrib/nginx and contrib/apache.

load ../mta/support

setup()
{
    HOST=$(new_host front)
    chmod 755 "$HOST"
    gate_create "$HOST"
    cp -r "$REPO/tests/mta/school/." "$HOST"
    PORT=$(free_port)
    FRONT=$(free_port)
    URL=https://localhost:$FRONT/schoolgate
    cat >>"$HOST/schoolgate.conf" <<CONF

console
    listen  127.0.0.1:$PORT
    address $URL/
    proxies 127.0.0.1
    sign-on-header X-Remote-User

reviewer okafor
    role officer
CONF
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$HOST/key.pem" -out "$HOST/chain.pem" 2>/dev/null
    for who in okafor stranger; do
        printf '%s:%s\n' "$who" "$(openssl passwd -apr1 swings)"
    done >"$HOST/users"
    chmod 644 "$HOST/users"
    gate_start "$HOST"
}

teardown()
{
    cat "$HOST/gate.log" "$HOST/front.log" 2>/dev/null || true
    [ -z "${front:-}" ] || kill "$front" 2>/dev/null || true
    gate_stop "$HOST" || true
    rm -rf "$HOST"
}

# ours FILE: as it stands in contrib, with this test's port and password file.
ours() { sed "s|127\.0\.0\.1:8025|127.0.0.1:$PORT|; s|/etc/[a-z0-9]*/schoolgate.users|$HOST/users|" "$REPO/contrib/$1"; }

nginx_start()
{
    cat >"$HOST/nginx.conf" <<CONF
daemon off;
pid $HOST/front.pid;
error_log $HOST/front.log;
events { }
http {
    access_log off;
    client_body_temp_path $HOST/nginx.body;
    proxy_temp_path $HOST/nginx.proxy;
    server {
        listen 127.0.0.1:$FRONT ssl;
        ssl_certificate $HOST/chain.pem;
        ssl_certificate_key $HOST/key.pem;
$(ours nginx/schoolgate.conf)
    }
}
CONF
    nginx -c "$HOST/nginx.conf" 2>>"$HOST/front.log" 3>&- &
    front=$!
}

apache_start()
{
    local module modules=
    for module in mpm_event authn_core authn_file authz_core authz_user auth_basic alias headers proxy \
        proxy_http socache_shmcb ssl; do
        modules+="LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"$'\n'
    done
    cat >"$HOST/apache.conf" <<CONF
$modules
User nobody
Group nogroup
ServerName localhost
PidFile $HOST/front.pid
ErrorLog $HOST/front.log
Listen 127.0.0.1:$FRONT
<VirtualHost 127.0.0.1:$FRONT>
    SSLEngine on
    SSLCertificateFile $HOST/chain.pem
    SSLCertificateKeyFile $HOST/key.pem
$(ours apache/schoolgate.conf)
</VirtualHost>
CONF
    apache2 -f "$HOST/apache.conf" -DFOREGROUND 3>&- &
    front=$!
}

# ask ARGUMENT...: by the web server in front. Prints the status; page and header lie in $HOST.
ask() { curl -sS -m 20 --cacert "$HOST/chain.pem" -o "$HOST/page" -D "$HOST/header" -w '%{http_code}' "$@"; }

front_is_up() { [ "$(ask -u okafor:swings "$URL/" || true)" = 200 ]; }

# What holds whoever is in front.
is_a_good_front()
{
    wait_until 30 'the web server in front' front_is_up
    equal 'nobody' 401 "$(ask "$URL/")"
    equal 'a wrong password' 401 "$(ask -u okafor:wrong "$URL/")"
    equal 'who is no reviewer' 403 "$(ask -u stranger:swings "$URL/")"
    equal 'who says to be another' 403 "$(ask -u stranger:swings -H 'X-Remote-User: okafor' "$URL/")"
    equal 'another who does' 403 "$(ask -u stranger:swings -H 'x-remote-user: okafor' "$URL/")"
    equal 'the reviewer' 200 "$(ask -u okafor:swings "$URL/account")"
    grep -q 'online safety officer' "$HOST/page"
    fails grep -q 'type="password"' "$HOST/page"
    grep -qi '^Strict-Transport-Security' "$HOST/header"
    # Every address on the page stays below the path.
    fails grep -P '(href|src|action)="/(?!schoolgate/)' "$HOST/page"
    style=$(grep -oE 'href="[^"]*console\.css"' "$HOST/page" | cut -d'"' -f2)
    equal 'the style sheet' 200 "$(ask -u okafor:swings "https://localhost:$FRONT$style")"
    equal 'without the slash' 301 "$(ask -u okafor:swings "$URL")"
    equal 'a form of somebody else' 403 "$(ask -u okafor:swings --data csrf=forged "$URL/sign-out")"
    # The console itself, round the front: nobody is believed but who comes from it.
    equal 'from elsewhere' 403 "$(curl -sS -o /dev/null -w '%{http_code}' --interface 127.0.0.2 \
        -H 'X-Remote-User: okafor' "http://127.0.0.1:$PORT/schoolgate/")"
}

@test "nginx in front signs people in" {
    nginx_start
    is_a_good_front
}

@test "Apache in front signs people in" {
    apache_start
    is_a_good_front
}
