# Sendmail for the scenarios: how to start, stop, ask and feed one of our own in $HOST. What stands in
# contrib/sendmail is what it is set up with; only paths and ports are exchanged.
#
# It runs in namespaces of its own, by the script sendmail-host, with another host name and with names
# looked up in a file: Sendmail otherwise asks the name server, and waits.

SENDMAIL=$BUILD/sendmail
CONTRIB_MTA=$REPO/contrib/sendmail
# A list of this mail host's own; what has no domain is in the same.
export LIST=parents@mail.kingsmead.example

# Not in /tmp: Sendmail does not trust a socket below a folder that everybody may write to.
mta_folder()
{
    mktemp -d /var/lib/schoolgate-mta.XXXXXX
}

in_sendmail_host()
{
    "$BATS_TEST_DIRNAME/sendmail-host" "$HOST" "$@"
}

# contrib_m4 FILE [SED-SCRIPT]: a file of contrib/sendmail, made to fit this host.
contrib_m4()
{
    sed -e "s|/run/schoolgate/|$HOST/gate/|; s|/run/opendkim/|$HOST/opendkim/|" -e "${2:-}" \
        "$CONTRIB_MTA/$1"
}

write_mc() # NAME: from what comes in
{
    {
        echo "define(\`_CF_DIR_', \`$SENDMAIL/cf/')dnl"
        echo "include(\`$SENDMAIL/cf/m4/cf.m4')dnl"
        cat
    } >"$HOST/mail/$1.mc"
    (cd "$HOST/mail" && m4 "$1.mc" >"$1.cf")
}

# What Debian's own sendmail.mc has, in the folders of this host; the sink is the outside world.
common_mc()
{
    cat <<MC
OSTYPE(\`linux')dnl
undefine(\`PROCMAIL_MAILER_PATH')dnl
define(\`MAIL_SETTINGS_DIR', \`$HOST/mail/')dnl
define(\`confSERVICE_SWITCH_FILE', \`$HOST/mail/switch')dnl
define(\`confDONT_PROBE_INTERFACES', \`True')dnl
define(\`confTO_IDENT', \`0s')dnl
define(\`confEBINDIR', \`$SENDMAIL')dnl
define(\`confQUEUE_LA', \`10000')dnl however busy the machine is
define(\`confREFUSE_LA', \`10000')dnl
FEATURE(\`nocanonify')dnl
MC
}

# write_mta_cf NAME PORT DAEMON-LINES FILTER-LINES
write_mta_cf()
{
    {
        common_mc
        cat <<MC
define(\`QUEUE_DIR', \`$HOST/mqueue')dnl
define(\`STATUS_FILE', \`$HOST/statistics')dnl
define(\`confPID_FILE', \`$HOST/$1-daemon.pid')dnl
define(\`ALIAS_FILE', \`$HOST/mail/aliases')dnl
define(\`confAUTH_MECHANISMS', \`PLAIN')dnl
TRUST_AUTH_MECH(\`PLAIN')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`no_default_msa')dnl
DAEMON_OPTIONS(\`Name=MTA, Addr=127.0.0.1, Port=$2')dnl
$3
define(\`SMART_HOST', \`relay:[127.0.0.1]')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $SINK_PORT')dnl
define(\`confMILTER_MACROS_ENVFROM', \`_')dnl the filter asks for what it needs itself
$4
MAILER(\`smtp')dnl
LOCAL_CONFIG
ESASL_CONF_PATH=$HOST/mail/sasl
MC
    } | write_mc "$1"
}

# Of programs that hand mail over by the sendmail command.
write_submit_cf()
{
    {
        common_mc
        cat <<MC
define(\`MSP_QUEUE_DIR', \`$HOST/mqueue-client')dnl
define(\`STATUS_FILE', \`$HOST/statistics')dnl
define(\`confRUN_AS_USER', \`nobody')dnl
define(\`RELAY_MAILER_ARGS', \`TCP \$h $MTA_PORT')dnl
MC
        contrib_m4 submit.m4 's/schoolgate/nobody/'
        echo "FEATURE(\`msp', \`[127.0.0.1]')dnl"
    } | write_mc submit
}

mta_create()
{
    [ -x "$SENDMAIL/sendmail" ] || {
        echo "there is no Sendmail in '$SENDMAIL'; run contrib/install-sendmail-for-tests $SENDMAIL" >&2
        return 1
    }
    mkdir -p "$HOST/mail/sasl" "$HOST/mqueue" "$HOST/mqueue-client"
    chmod 755 "$HOST" "$HOST/mail"
    chmod 700 "$HOST/mqueue"
    chown nobody "$HOST/mqueue-client" && chmod 770 "$HOST/mqueue-client"
    echo 'hosts files' >"$HOST/mail/switch"
    : >"$HOST/mail/aliases"
    printf '%s\n' kingsmead.example students.kingsmead.example "$INSIDE" >"$HOST/mail/relay-domains"
    printf '%s\n' 'pwcheck_method: auxprop' 'auxprop_plugin: sasldb' 'mech_list: PLAIN' \
        "sasldb_path: $HOST/mail/sasl/sasldb2" >"$HOST/mail/sasl/Sendmail.conf"
    printf '127.0.0.1 localhost\n127.0.0.1 mail.kingsmead.example mail\n' >"$HOST/mail/hosts"
    printf '#!/bin/sh\nexport LD_LIBRARY_PATH=%s\nexec %s/sendmail "$@"\n' "$SENDMAIL" "$SENDMAIL" \
        >"$HOST/sendmail"
    chmod 755 "$HOST/sendmail"
}

# mta_add_login ADDRESS PASSWORD
mta_add_login()
{
    printf '%s' "$2" |
        saslpasswd2 -p -c -f "$HOST/mail/sasl/sasldb2" -u "${1#*@}" "${1%%@*}" || return 1
    chmod 600 "$HOST/mail/sasl/sasldb2"
}

# mta_alias NAME@mail.kingsmead.example MEMBER: before the start.
mta_alias()
{
    echo "${1%%@*}: $2" >>"$HOST/mail/aliases"
}

# mta_start: sets the ports for everybody, and for those with a login.
mta_start()
{
    MTA_PORT=$(free_port) SUBMISSION_PORT=$(free_port)
    export MTA_PORT SUBMISSION_PORT
    write_mta_cf ordinary "$MTA_PORT" \
        "$(contrib_m4 submission.m4 "s/Port=submission/Port=$SUBMISSION_PORT, Addr=127.0.0.1/")" \
        "$(contrib_m4 schoolgate.m4)"
    write_submit_cf
    sendmail_run -C "$HOST/mail/ordinary.cf" -bi && start_daemon ordinary "$MTA_PORT"
}

# mta_listen HOW: at one more port, in LISTENS. HOW is impatient: schoolgate is waited for only two
# seconds; signing: opendkim is behind it; wrong-order: opendkim is before it; silent: filters are given
# no macros; forging: everybody counts as logged in.
mta_listen()
{
    local gate dkim
    gate=$(contrib_m4 schoolgate.m4) dkim=$(contrib_m4 opendkim.m4)
    LISTENS=$(free_port)
    case $1 in
    impatient)
        write_mta_cf "$1" "$LISTENS" '' "$(contrib_m4 schoolgate.m4 "s/T=C:[^']*/T=C:2s;S:2s;R:2s;E:2s/")"
        ;;
    signing) write_mta_cf "$1" "$LISTENS" '' "$gate"$'\n'"$dkim" ;;
    wrong-order) write_mta_cf "$1" "$LISTENS" '' "$dkim"$'\n'"$gate" ;;
    silent)
        write_mta_cf "$1" "$LISTENS" '' \
            "$gate"$'\n'"$(printf "define(\`confMILTER_MACROS_%s', \`_')dnl\n" CONNECT ENVRCPT DATA EOH EOM)"
        ;;
    forging)
        write_mta_cf "$1" "$LISTENS" '' \
            "$gate"$'\nLOCAL_CONFIG\nD{auth_authen}d.price@kingsmead.example\n'
        ;;
    esac
    start_daemon "$1" "$LISTENS"
}

start_daemon() # NAME PORT
{
    sendmail_run -C "$HOST/mail/$1.cf" -bd && wait_until 20 'Sendmail to answer' port_answers "$2"
}

sendmail_run()
{
    LD_LIBRARY_PATH=$SENDMAIL in_sendmail_host "$SENDMAIL/sendmail" "$@" >>"$HOST/mail.log" 2>&1 3>&-
}

mta_stop()
{
    local file status=0
    for file in "$HOST"/*-daemon.pid; do
        [ -e "$file" ] || continue
        end_process "$(head -1 "$file")" Sendmail || status=1
    done
    return $status
}

# How schoolgated runs on such a host.
mta_gate_start()
{
    # shellcheck disable=SC2034 # see gate.sh
    GATE_UNDER=("$BATS_TEST_DIRNAME/sendmail-host" "$HOST")
    gate_start "$HOST"
}

mta_command()
{
    echo "$HOST/sendmail"
}

# mta_submit OPTION...: by the sendmail command, as a program on the mail host does.
mta_submit()
{
    in_sendmail_host "$HOST/sendmail" "$@"
}

# mta_has_parked QUEUE-ID: whether it is kept for the postmaster.
mta_has_parked()
{
    [ -e "$HOST/mqueue/hf$1" ]
}

mta_unpark() # QUEUE-ID
{
    sendmail_run -C "$HOST/mail/ordinary.cf" -qQ -Q -qI"$1" && mta_flush
}

# Tries again at once what was put off, by programs and by clients.
mta_flush()
{
    in_sendmail_host "$HOST/sendmail" -Ac -q >>"$HOST/mail.log" 2>&1
    sendmail_run -C "$HOST/mail/ordinary.cf" -q
}

# What is quarantined has a name of its own.
nothing_to_deliver()
{
    [ -z "$(find "$HOST/mqueue" -name 'qf*')" ]
}

# told NAME: see support.bash. Sendmail puts the address before what it says of a recipient.
told()
{
    tr -d '\r' <"$HOST/$1.smtp" | sed -n 's/^<\*\* //p' | sed 's/^\([45].. \{0,1\}-\{0,1\}[0-9.]* \)<[^>]*>\.\.\. /\1/'
}

# mta_to_examine HOW: the options by which doctor looks at the mail server that mta_listen has started so.
mta_to_examine()
{
    echo "--sendmail-cf $HOST/mail/$1.cf"
}

# mta_unforged: what takes away what 'forging' does.
mta_unforged()
{
    echo "take the line 'D{auth_authen}…' out of sendmail.mc"
}
