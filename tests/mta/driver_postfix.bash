# Postfix for the scenarios: how to start, stop, ask and feed one of our own in $HOST. What stands in
# contrib/postfix is what it is set up with; only paths, ports and what wants a certificate are exchanged.

CONTRIB_MTA=$REPO/contrib/postfix
# A list of this mail host's own; what has no domain is in the same.
export LIST=parents@kingsmead.example

mta_folder()
{
    new_host mta
}

# contrib_settings FILE: its lines NAME = VALUE, made to fit this host.
contrib_settings()
{
    sed -n "s|unix:schoolgate/|unix:$HOST/gate/|g; s|unix:opendkim/|unix:$HOST/opendkim/|g; /^[a-z]/p" \
        "$CONTRIB_MTA/$1"
}

# contrib_setting FILE NAME: the value of one.
contrib_setting()
{
    contrib_settings "$1" | sed -n "s/^$2 = //p"
}

# contrib_service NAME PORT: a service of master.cf as one line, on that port of this host.
contrib_service()
{
    awk -v name="$1" '/^[^ #]/ { ours = $1 == name } ours && NF' "$CONTRIB_MTA/master.cf" |
        sed "s/^$1 /127.0.0.1:$2 /; s/inet n  -  y/inet n - n/; s/=encrypt/=none/" | paste -sd' '
}

# listener PORT OPTION...: a service that waits for SMTP clients.
listener()
{
    printf '127.0.0.1:%s inet n - n - - smtpd' "$1"
    shift
    printf ' -o { %s }' "$@"
    echo
}

# mta_create [NAME=VALUE...]: the values are for main.cf, and have the last word.
mta_create()
{
    local settings
    mapfile -t settings < <(contrib_settings main.cf)
    touch "$HOST/aliases"
    postfix_create "$HOST" "mynetworks=$INSIDE" "virtual_alias_maps=texthash:$HOST/aliases" \
        "${settings[@]}" "$@"
}

# mta_add_login ADDRESS PASSWORD
mta_add_login()
{
    postfix_add_login "$HOST" "$1" "$2"
}

# mta_alias ADDRESS MEMBER: before the start.
mta_alias()
{
    echo "$1 $2" >>"$HOST/aliases"
}

# mta_start: sets the ports for everybody, for those with a login, and for a content filter.
mta_start()
{
    SUBMISSION_PORT=$(free_port) REINJECT_PORT=$(free_port)
    {
        contrib_service submission "$SUBMISSION_PORT"
        contrib_service 127.0.0.1:10025 "$REINJECT_PORT"
    } >>"$HOST/etc/master.cf"
    postfix_start "$HOST" || return 1
    MTA_PORT=$POSTFIX_PORT
    export POSTFIX_PORT MTA_PORT SUBMISSION_PORT REINJECT_PORT
}

# mta_listen HOW: at one more port, in LISTENS. HOW is impatient: schoolgate is waited for only two
# seconds; signing: opendkim is behind it; wrong-order: opendkim is before it; silent: filters are given
# no macros; forging: everybody counts as logged in.
mta_listen()
{
    local filters
    filters=$(contrib_setting opendkim.cf smtpd_milters)
    LISTENS=$(free_port)
    case $1 in
    impatient) listener "$LISTENS" milter_{connect,command,content}_timeout=2s ;;
    signing) listener "$LISTENS" "smtpd_milters = $filters" ;;
    wrong-order) listener "$LISTENS" "smtpd_milters = ${filters#*, }, ${filters%%, *}" ;;
    silent) listener "$LISTENS" milter_{connect,helo,mail,rcpt,data,end_of_header,end_of_data}_macros= ;;
    forging) listener "$LISTENS" 'milter_macro_defaults={auth_authen}=d.price@kingsmead.example' ;;
    esac >>"$HOST/etc/master.cf"
    postfix -c "$HOST/etc" reload >>"$HOST/start.log" 2>&1 3>&-
    wait_until 20 'Postfix to listen' port_answers "$LISTENS"
}

mta_stop()
{
    postfix_stop "$HOST"
}

# How schoolgated runs on such a host: its sendmail command is this Postfix's.
mta_gate_start()
{
    # shellcheck disable=SC2016,SC2034 # the shell in there expands them; see gate.sh
    GATE_UNDER=(unshare --mount --propagation private sh -c
        'mount --bind "$0/etc" /etc/postfix && exec "$@"' "$HOST")
    gate_start "$HOST"
}

mta_command()
{
    echo /usr/sbin/sendmail
}

# mta_submit OPTION...: by the sendmail command, as a program on the mail host does.
mta_submit()
{
    sendmail -C "$HOST/etc" "$@"
}

# mta_has_parked QUEUE-ID: whether it is kept for the postmaster.
mta_has_parked()
{
    [ "$(postfix_queue "$HOST" | jq -r --arg q "$1" 'select(.queue_id == $q).queue_name')" = hold ]
}

mta_unpark() # QUEUE-ID
{
    postsuper -c "$HOST/etc" -H "$1" && mta_flush
}

# Tries again at once what was put off.
mta_flush()
{
    postqueue -c "$HOST/etc" -f
}

# mta_to_examine HOW: the options by which doctor looks at the mail server that mta_listen has started so.
mta_to_examine()
{
    echo "--postfix-config $HOST/etc"
}

# mta_unforged: what takes away what 'forging' does.
mta_unforged()
{
    echo "take 'auth_authen' out of '-o milter_macro_defaults=…' of the service '127.0.0.1:$LISTENS/inet'"
}
