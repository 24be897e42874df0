# A private Postfix in a folder of its own: configuration, queue, data and log lie in DIR, its only
# port is on loopback, and the Postfix that the machine may have in /etc/postfix is never touched.
# Any number of them can run at once. Needs root, as Postfix does.
#
# Logins are checked against DIR/etc/sasl/sasldb2, see postfix_add_login(). Mail that is accepted goes to
# the sink on SINK_PORT (see sink.sh), nowhere else: no DNS, no delivery on this machine.

# Where root's programs are, should whoever became root have kept a user's path.
PATH=$PATH:/usr/sbin:/sbin
# Postfix gives up root's rights early, so that its user must be able to read what root writes here.
umask 022

# Where a client without a login counts as being inside the school.
INSIDE_ADDRESS=127.0.0.2

# Dies when DIR is, or lies in, a place of the machine's own Postfix.
postfix_refuse_system_folders()
{
    local path system
    path=$(realpath -m -- "$1")
    for system in /etc/postfix /var/spool/postfix /var/lib/postfix /usr/lib/postfix; do
        case $path/ in
        "$system"/*)
            echo "refusing to work in '$path': it belongs to this machine's own Postfix" >&2
            return 1
            ;;
        esac
    done
}

# postfix_create DIR [NAME=VALUE...]: lays out an instance that does not run yet. The NAME=VALUE are
# lines for its main.cf, and have the last word.
postfix_create()
{
    local dir=$1
    shift
    postfix_refuse_system_folders "$dir" || return 1
    mkdir -p "$dir/etc/sasl" "$dir/queue"
    chmod 711 "$dir"
    chmod 755 "$dir/etc" "$dir/etc/sasl" "$dir/queue"
    install -d -o postfix -m 700 "$dir/data"
    postfix_write_main_cf "$dir" "$@"
    postfix_write_master_cf "$dir"
    postfix_write_sasl "$dir"
}

postfix_write_main_cf()
{
    local dir=$1
    shift
    cat >"$dir/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/mail.log
maillog_file_prefixes = $dir
multi_instance_enable = no

myhostname = mail.kingsmead.example
myorigin = kingsmead.example
mydestination =
alias_maps =
local_recipient_maps =
relay_domains = kingsmead.example, students.kingsmead.example
relay_transport = relay:[127.0.0.1]:$SINK_PORT
default_transport = smtp:[127.0.0.1]:$SINK_PORT
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtp_tls_security_level = none
smtpd_tls_security_level = none
notify_classes =
enable_long_queue_ids = yes

mynetworks = $INSIDE_ADDRESS
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = kingsmead.example
cyrus_sasl_config_path = $dir/etc/sasl
smtpd_client_event_limit_exceptions = static:all
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 100000
smtpd_hard_error_limit = 100000
smtpd_recipient_limit = 5000
smtputf8_enable = yes
default_process_limit = 50
in_flow_delay = 0
queue_minfree = 0

milter_default_action = tempfail
milter_connect_timeout = 10s
milter_command_timeout = 30s
milter_content_timeout = 60s
END
    [ $# -eq 0 ] || postconf -c "$dir/etc" -e "$@"
}

postfix_write_master_cf()
{
    local dir=$1
    cat >"$dir/etc/master.cf" <<END
pickup    unix       n - n 1 1    pickup
cleanup   unix       n - n - 0    cleanup
qmgr      unix       n - n 1 1    qmgr
rewrite   unix       - - n - -    trivial-rewrite
bounce    unix       - - n - 0    bounce
defer     unix       - - n - 0    bounce
trace     unix       - - n - 0    bounce
flush     unix       n - n 0 0    flush
proxymap  unix       - - n - -    proxymap
smtp      unix       - - n - -    smtp
relay     unix       - - n - -    smtp
showq     unix       n - n - -    showq
error     unix       - - n - -    error
retry     unix       - - n - -    error
discard   unix       - - n - -    discard
anvil     unix       - - n - 1    anvil
scache    unix       - - n - 1    scache
postlog   unix-dgram n - n - 1    postlogd
END
}

postfix_write_sasl()
{
    local dir=$1
    cat >"$dir/etc/sasl/smtpd.conf" <<END
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: $dir/etc/sasl/sasldb2
END
}

# postfix_add_login DIR ADDRESS PASSWORD
postfix_add_login()
{
    local db=$1/etc/sasl/sasldb2 address=$2 password=$3
    printf '%s' "$password" |
        saslpasswd2 -p -c -f "$db" -u "${address#*@}" "${address%%@*}" || return 1
    chgrp postfix "$db" && chmod 640 "$db"
}

# postfix_start DIR: sets POSTFIX_PORT. A port that somebody took meanwhile is exchanged for another.
postfix_start()
{
    local dir=$1 attempt
    postfix_refuse_system_folders "$dir" || return 1
    for attempt in 1 2 3 4 5; do
        POSTFIX_PORT=$(free_port) || return 1
        sed -i '/ inet n - n - - smtpd$/d' "$dir/etc/master.cf"
        echo "127.0.0.1:$POSTFIX_PORT inet n - n - - smtpd" >>"$dir/etc/master.cf"
        if postfix -c "$dir/etc" start >>"$dir/start.log" 2>&1 3>&-; then
            echo "$POSTFIX_PORT" >"$dir/port"
            wait_until 20 'Postfix to answer' port_answers "$POSTFIX_PORT"
            return
        fi
        echo "Postfix did not start on port $POSTFIX_PORT (attempt $attempt)" >>"$dir/start.log"
    done
    cat "$dir/start.log" >&2
    return 1
}

# Stops the instance in DIR and waits until its last process is gone. Does nothing where none runs.
postfix_stop()
{
    local dir=$1
    [ -s "$dir/queue/pid/master.pid" ] || return 0
    postfix -c "$dir/etc" abort >>"$dir/start.log" 2>&1 3>&-
    wait_until 20 "the Postfix in '$dir' to stop" postfix_is_gone "$dir"
}

# The lock on its pid file is what says that a master runs, not the file itself.
postfix_is_gone()
{
    ! postfix -c "$1/etc" status >/dev/null 2>&1
}

# postfix_queue DIR: the queue as JSON, one message a line; queue_name is active, deferred, hold, …
postfix_queue()
{
    postqueue -c "$1/etc" -j
}

postfix_queue_is_empty()
{
    [ -z "$(postfix_queue "$1")" ]
}

# postfix_logged DIR TEXT: whether the log has a line with TEXT in it.
postfix_logged()
{
    grep -qF -e "$2" "$1/mail.log"
}
