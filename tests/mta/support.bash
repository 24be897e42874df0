# What the tests with a real Postfix share. Each test file has one private mail host in $HOST, with
# the sink that stands for the outside world, Postfix, and schoolgated between them:
#
#     setup_file()    { host_start; }
#     teardown_file() { host_stop; }
#
# See contrib/demo/lib for what is underneath.

REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
DEMO=$REPO/contrib/demo
TALK=$BATS_TEST_DIRNAME/talk
: "${BUILD:=$REPO/build}"
for part in wait postfix sink gate; do
    # shellcheck source=/dev/null
    source "$DEMO/lib/$part.sh"
done

# Mail from here is outgoing though nobody logged in; mail from OUTSIDE comes from elsewhere.
INSIDE=127.0.0.1
OUTSIDE=127.0.0.9
PASSWORD=correct-horse

# new_host NAME: a folder for one mail host, in a place that Postfix's own user can reach.
new_host()
{
    mktemp -d "/tmp/schoolgate-$1.XXXXXX"
}

# host_create [NAME=VALUE...]: sets HOST; the values are for main.cf.
host_create()
{
    HOST=$(new_host mta)
    export HOST
    sink_start "$HOST" || return 1
    postfix_create "$HOST" "mynetworks=$INSIDE" \
        "smtpd_milters=unix:$HOST/gate/milter.sock" \
        "non_smtpd_milters=unix:$HOST/gate/milter.sock" "$@" || return 1
    postfix_add_login "$HOST" d.price@kingsmead.example "$PASSWORD" || return 1
    gate_create "$HOST"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
}

# host_start [NAME=VALUE...]: a whole host, running.
host_start()
{
    host_create "$@" && gate_start "$HOST" && postfix_start "$HOST" || return 1
    export POSTFIX_PORT SINK_PORT
}

# Takes the host down. Fails when schoolgated has logged what it never may, such as a sanitizer's
# report.
host_stop()
{
    local status=0
    [ -n "${HOST:-}" ] || return 0
    postfix_stop "$HOST"
    gate_stop "$HOST" || status=1
    sink_stop "$HOST"
    ! gate_disgraced || status=1
    rm -rf "$HOST"
    return $status
}

gate_disgraced()
{
    grep -sE 'CRITICAL|Sanitizer|runtime error|killed by signal (6|7|11) ' "$HOST/gate.log" >&2
}

# mail NAME [SWAKS-OPTION...]: sends one message from d.price, logged in, to a parent, with NAME in
# its Message-Id so that it can be found again; options change any of that. The dialogue is left in
# $HOST/NAME.smtp; the result is swaks' (0: accepted).
mail()
{
    local name=$1
    shift
    swaks --server "127.0.0.1:${MTA_PORT:-$POSTFIX_PORT}" --timeout 60 \
        --auth PLAIN --auth-user d.price@kingsmead.example --auth-password "$PASSWORD" \
        --from d.price@kingsmead.example --to s.brown@home.example \
        --header "Message-Id: <$name@mail.kingsmead.example>" "$@" >"$HOST/$name.smtp" 2>&1
}

# The same from a machine inside the school, without a login.
mail_from_inside()
{
    local name=$1
    shift
    swaks --server "127.0.0.1:${MTA_PORT:-$POSTFIX_PORT}" --timeout 60 --local-interface "$INSIDE" \
        --from d.price@kingsmead.example --to s.brown@home.example \
        --header "Message-Id: <$name@mail.kingsmead.example>" "$@" >"$HOST/$name.smtp" 2>&1
}

# told NAME: the refusal that the SMTP client saw, one line each, as on the wire.
told()
{
    tr -d '\r' <"$HOST/$1.smtp" | sed -n 's/^<\*\* //p'
}

# arrived NAME: the file in which the message lies at the sink. Waits for it.
arrived()
{
    wait_until 30 "message $1 to arrive" arrived_now "$1" >/dev/null || return 1
    arrived_now "$1"
}

arrived_now()
{
    grep -rlF --include='*.eml' -e "Message-Id: <$1@mail.kingsmead.example>" "$HOST/outside"
}

# never_arrives NAME: whether Postfix has nothing left to deliver and the sink has not got it.
never_arrives()
{
    wait_until 30 'the queue to drain' nothing_to_deliver || return 1
    fails arrived_now "$1"
}

nothing_to_deliver()
{
    ! postfix_queue "$HOST" | grep -v '"queue_name": *"hold"' | grep -q .
}

# incident NAME: what the record says of the message, as one line of JSON; nothing when it has no
# incident.
incident()
{
    local id
    id=$(gate_cli "$HOST" incidents --json |
        jq -r --arg mid "<$1@mail.kingsmead.example>" 'select(.message_id == $mid) | .id')
    [ -z "$id" ] || gate_cli "$HOST" show --json "$id"
}

# log_line ID: what the gate logged of an incident; the courier has lines of its own.
log_line()
{
    grep -E "[ >]id=$1 queue=[^ ]+ from=" "$HOST/gate.log"
}

# field LINE KEY: the value of one key=value.
field()
{
    tr ' ' '\n' <<<"$1" | sed -n "s/^\(<[0-9]>\)\{0,1\}$2=//p"
}

# Succeeds when the command fails: bats overlooks a bare `!`.
fails()
{
    if "$@"; then
        echo "did not fail: $*" >&2
        return 1
    fi
}

# The configuration of this machine's own Postfix: every file with its mode, owner, age and contents.
system_postfix()
{
    find /etc/postfix -printf '%p %m %u %s %T@\n' | sort
    find /etc/postfix -type f -exec cksum {} + | sort
}

# memory_margin KILOBYTES: by how much memory may differ; more with a sanitizer, which keeps freed
# memory back.
memory_margin()
{
    if ldd "$BUILD/schoolgated" | grep -qE 'lib[at]san'; then
        echo 500000
    else
        echo "$1"
    fi
}

# equal WHAT EXPECTED GOT
equal()
{
    [ "$2" = "$3" ] && return 0
    printf '%s\nexpected: %s\n     got: %s\n' "$1" "$2" "$3" >&2
    return 1
}
