# The Debian package on a machine of its own, where systemd runs its unit and Postfix asks it: from its
# installation by way of two upgrades to its purge. Each test goes on from the one before.

load support

setup_file()
{
    make -s -C "$REPO" deb BUILD="$BUILD" >"$BUILD/deb.log" 2>&1 || { tail -n 30 "$BUILD/deb.log" >&2; return 1; }
    machine_create
    "$BATS_TEST_DIRNAME/machine" fetch "$MACHINE" "$(package)" >"$MACHINE/apt.log" 2>&1 ||
        { cat "$MACHINE/apt.log" >&2; return 1; }
    machine_start
    # First, so that what other packages leave behind is not taken for ours.
    apt satisfy "$(dpkg-deb -f "$(package)" Depends)"
    receive_for_parents
    files_inside >"$MACHINE/before"
}

teardown_file() { machine_stop; }

package() { echo "$BUILD/deb/schoolgate_${VERSION}_$(dpkg --print-architecture).deb"; }

is_active() { inside systemctl is-active --quiet schoolgate; }

# What a postmaster does, once, as README.Debian has it.
configure()
{
    inside cp /usr/share/schoolgate/rules/people.csv /etc/schoolgate
    inside schoolgate setup --yes --mode enforce --name 'Kingsmead School' --staff-domain kingsmead.example \
        --student-domain students.kingsmead.example --people people.csv --officer online-safety@kingsmead.example \
        >"$MACHINE/setup.log" 2>&1 || { cat "$MACHINE/setup.log" >&2; return 1; }
    inside systemctl start schoolgate
}

# The first mail is its own, from the school to the officer.
tell_postfix()
{
    inside schoolgate setup --yes --change-mta --test >"$MACHINE/setup.log" 2>&1 ||
        { cat "$MACHINE/setup.log" >&2; return 1; }
}

setup_said() { grep -qF -e "$1" "$MACHINE/setup.log" || { cat "$MACHINE/setup.log" >&2; return 1; }; }

# home.example is on the machine, so that what passes is there to see.
receive_for_parents()
{
    inside sh -ec 'postconf -e "mydestination = home.example" && useradd s.brown && postfix reload' 2>/dev/null
}

# mail NAME SWAKS-OPTION...: from a teacher to a parent, by SMTP; the dialogue is left in $MACHINE/NAME.smtp
mail()
{
    local name=$1
    shift
    nsenter --target "$(cat "$MACHINE/init.pid")" --net swaks --server 127.0.0.1 --timeout 60 \
        --from d.price@kingsmead.example --to s.brown@home.example --header "Message-Id: <$name@kingsmead.example>" \
        "$@" >"$MACHINE/$name.smtp" 2>&1
}

has_arrived() { inside grep -q "^Message-Id: <$1@kingsmead.example>" /var/mail/s.brown; }

refused_as_chain_letter() { grep -q '^<\*\* 550-5.7.0 Not sent: Chain letter' "$MACHINE/$1.smtp"; }

status_of() { inside systemctl show -P "$1" schoolgate; }

@test "the package has nothing that lintian would object to" {
    run lintian --allow-root --fail-on error,warning "${BUILD}/deb/schoolgate_${VERSION}_$(dpkg --print-architecture).changes"
    echo "$output"
    equal 'exit code' 0 "$status"
    [ -z "$output" ]
}

@test "installed, it has a user and folders of its own, and judges nothing" {
    apt install "/packages/$(basename "$(package)")"
    said "nothing is judged yet; 'schoolgate setup' makes the configuration"
    equal 'its folder' '700 schoolgate schoolgate' "$(inside stat -c '%a %U %G' /var/lib/schoolgate)"
    inside systemctl is-enabled --quiet schoolgate
    equal 'state' inactive "$(status_of ActiveState)"
    inside systemctl start schoolgate
    equal 'state, when started all the same' inactive "$(status_of ActiveState)"
    [ -z "$(inside systemctl --failed --plain --no-legend)" ]
}

@test "the configuration is for root to write, for schoolgate to read, and for nobody else" {
    equal 'folders' '2750 root schoolgate' "$(inside find /etc/schoolgate -type d -printf '%m %u %g\n' | sort -u)"
    equal 'files' '640 root schoolgate' "$(inside find /etc/schoolgate -type f -printf '%m %u %g\n' | sort -u)"
    inside runuser -u schoolgate -- cat /etc/schoolgate/00-policy.rules >/dev/null
    run inside runuser -u nobody -- cat /etc/schoolgate/00-policy.rules
    [ "$status" != 0 ]
}

@test "set up and started as README.Debian has it, a mail server asks it, and two test messages show it" {
    configure
    equal 'state' active "$(status_of ActiveState)"
    equal 'configuration' '640 root schoolgate' "$(inside stat -c '%a %U %G' /etc/schoolgate/schoolgate.conf)"
    tell_postfix
    setup_said 'a harmless one: passed by schoolgate'
    setup_said 'a chain letter: caught by schoolgate'
    equal 'what Postfix asks' unix:schoolgate/milter.sock "$(inside postconf -h smtpd_milters)"
}

@test "it refuses a chain letter, lets homework pass, and holds a threat for a person to see" {
    before=$(inside schoolgate incidents --json | wc -l)
    mail homework --data "@$REPO/contrib/demo/messages/01-homework.eml" --body "Read Act Two for Monday."
    wait_until 20 'the homework to arrive' inside test -s /var/mail/s.brown
    run mail angels --data "@$REPO/contrib/demo/messages/04-chain-letter.eml"
    [ "$status" != 0 ]
    refused_as_chain_letter angels
    equal 'incidents' $((before + 1)) "$(inside schoolgate incidents --json | wc -l)"
    mail threat --data "@$REPO/contrib/demo/messages/17-threat.eml"
    equal 'held' 1 "$(inside schoolgate incidents --state held --json | wc -l)"
}

@test "the examination of it finds no problem" {
    run inside schoolgate doctor
    echo "$output"
    equal 'exit code' 0 "$status"
}

@test "mail from the sendmail command finds its way past it, too" {
    inside sendmail -f s.brown@home.example -t <<'END'
From: s.brown@home.example
To: s.brown@home.example
Subject: Lunch on Friday
Message-Id: <lunch@kingsmead.example>

Shall we eat at one?
END
    wait_until 20 'a message by the command' has_arrived lunch
}

@test "within the unit all its processes do their work: one reads attachments, one serves pages" {
    echo 'Forward this to ten friends before midnight, do not break the chain: seven years of bad luck!' \
        >"$MACHINE/angels.txt"
    tar -C "$MACHINE" -czf "$MACHINE/angels.tar.gz" angels.txt
    run mail in-archive --header 'Subject: See the file' --body 'See the file.' --attach-type application/gzip \
        --attach-name angels.tar.gz --attach "@$MACHINE/angels.tar.gz"
    refused_as_chain_letter in-archive
    nsenter --target "$(cat "$MACHINE/init.pid")" --net curl -sSfL http://127.0.0.1:8025/ | grep -q '<h1>Sign in</h1>'
}

@test "no process of it has or gains any right, and each is behind a filter of system calls" {
    processes=$(cat "/proc/$(cat "$MACHINE/init.pid")/root/sys/fs/cgroup/system.slice/schoolgate.service/cgroup.procs" |
        tr '\n' ' ')
    [ "$(wc -w <<<"$processes")" -ge 5 ]
    for process in $processes; do
        cat "/proc/$process/status" >"$MACHINE/status"
        grep -qE '^Seccomp:\s+2$' "$MACHINE/status"
        grep -qE '^NoNewPrivs:\s+1$' "$MACHINE/status"
        grep -qE '^CapBnd:\s+0+$' "$MACHINE/status"
    done
    exposure=$(inside systemd-analyze security --no-pager schoolgate | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
    echo "exposure: $exposure"
    awk -v got="$exposure" 'BEGIN { exit !(got != "" && got < 2) }'
}

@test "it takes a changed configuration when systemd says so" {
    inside sed -i 's/^mode enforce/mode observe/' /etc/schoolgate/schoolgate.conf
    inside systemctl reload schoolgate
    wait_until 20 'the reload' reloaded
    mail observed --data "@$REPO/contrib/demo/messages/04-chain-letter.eml"
    inside sed -i 's/^mode observe/mode enforce/' /etc/schoolgate/schoolgate.conf
    inside systemctl reload schoolgate
}

reloaded() { inside journalctl -u schoolgate | grep -q 'the configuration was loaded again'; }

# As postdrop belongs to a group that may write into the queue.
@test "with its drop-in the courier hands over by Postfix's sendmail command" {
    inside sh -ec '
        mkdir /etc/systemd/system/schoolgate.service.d
        cp /usr/share/doc/schoolgate/examples/systemd/sendmail-command.conf /etc/systemd/system/schoolgate.service.d
        sed -i "s|^    send-with .*|    send-with sendmail /usr/sbin/sendmail|" /etc/schoolgate/schoolgate.conf
        systemctl daemon-reload
        systemctl restart schoolgate'
    mail threat --data "@$REPO/contrib/demo/messages/17-threat.eml"
    wait_until 30 'the alert to be picked up' picked_up_of_schoolgate
    inside sh -ec '
        rm -r /etc/systemd/system/schoolgate.service.d
        sed -i "s|^    send-with .*|    send-with smtp 127.0.0.1:25|" /etc/schoolgate/schoolgate.conf
        systemctl daemon-reload
        systemctl restart schoolgate'
}

picked_up_of_schoolgate() { inside journalctl -t postfix/pickup | grep -q "uid=$(inside id -u schoolgate) "; }

# In the background, as a container's first process would; its number is left in /run/NAME.pid.
run_script()
{
    inside MAIL_DOMAIN=kingsmead.example \
        sh -c 'echo $$ >"/run/$0.pid" && exec sh "/usr/share/doc/schoolgate/examples/docker/$0"' "$1" \
        >"$MACHINE/$1.log" 2>&1 </dev/null &
}

postfix_greets() { nsenter --target "$(cat "$MACHINE/init.pid")" --net bash -c 'exec 9<>/dev/tcp/127.0.0.1/25'; }

@test "the scripts of the containers start both, without systemd's help" {
    inside systemctl stop schoolgate postfix
    run_script start-schoolgate
    wait_until 60 'the socket' inside test -S /var/spool/postfix/schoolgate/milter.sock
    run_script start-postfix
    wait_until 30 'Postfix' postfix_greets
    run mail contained --data "@$REPO/contrib/demo/messages/04-chain-letter.eml"
    refused_as_chain_letter contained
    inside sh -c 'kill "$(cat /run/start-schoolgate.pid)" && postfix stop && postconf -X maillog_file'
    wait_until 30 'schoolgated to stop' inside sh -c '! kill -0 "$(cat /run/start-schoolgate.pid)"'
    inside systemctl start postfix schoolgate
}

@test "an upgrade keeps what the postmaster changed, brings what is new, and starts it again" {
    inside sh -c 'echo "# ours" >>/etc/schoolgate/26-appeals.rules; touch /etc/schoolgate/90-own.rules'
    inside cat /etc/schoolgate/schoolgate.conf >"$MACHINE/conf"
    before=$(status_of MainPID)
    another_version 9.1 /etc/schoolgate/26-appeals.rules '# new' /etc/schoolgate/26-spam.rules '# new'
    apt install /packages/schoolgate_9.1.deb
    equal 'changed rules end' '# ours' "$(inside tail -n 1 /etc/schoolgate/26-appeals.rules)"
    equal 'new ones beside them' '# new' "$(inside tail -n 1 /etc/schoolgate/26-appeals.rules.dpkg-dist)"
    equal 'unchanged rules end' '# new' "$(inside tail -n 1 /etc/schoolgate/26-spam.rules)"
    equal 'their owner' '640 root schoolgate' "$(inside stat -c '%a %U %G' /etc/schoolgate/26-spam.rules)"
    inside cat /etc/schoolgate/schoolgate.conf | diff "$MACHINE/conf" -
    inside test -e /etc/schoolgate/90-own.rules
    is_active
    [ "$before" != "$(status_of MainPID)" ]
    equal 'incidents' yes "$(inside schoolgate incidents --json | grep -q . && echo yes)"
    run mail again --data "@$REPO/contrib/demo/messages/04-chain-letter.eml"
    refused_as_chain_letter again
}

@test "an upgrade after which the rules would not be sound leaves running what runs, and says why" {
    before=$(status_of MainPID)
    another_version 9.2 /etc/schoolgate/26-spam.rules 'nonsense'
    apt install /packages/schoolgate_9.2.deb
    said '26-spam.rules:'
    said 'the service was not started again'
    equal 'the process' "$before" "$(status_of MainPID)"
    run mail meanwhile --data "@$REPO/contrib/demo/messages/04-chain-letter.eml"
    refused_as_chain_letter meanwhile
}

@test "removed, it says what mail would wait for, and keeps configuration and record" {
    apt remove schoolgate
    said "Postfix still asks for it: take it out of 'smtpd_milters'"
    said "'apt purge' deletes them for good"
    inside test -e /etc/schoolgate/schoolgate.conf
    inside test -e /var/lib/schoolgate/record.db
    inside sh -c '[ ! -e /usr/sbin/schoolgated ] && [ ! -e /run/schoolgate ]'
    equal 'state' inactive "$(status_of ActiveState)"
    run inside runuser -u schoolgate -- kill -0 -1
    echo "$output"
    [ "$status" != 0 ] # it has no process
    [ -z "$(inside systemctl --failed --plain --no-legend)" ]
}

@test "purged, nothing of it is left, no file, no folder, no user, and what setup left elsewhere is named" {
    apt purge schoolgate
    said 'deleting the record, with all mail that is held in it'
    said 'setup kept copies of Postfix'"'"'s main.cf, which are yours to delete: /etc/postfix/main.cf.before-'
    inside sh -c 'rm /etc/postfix/main.cf.before-*'
    inside sh -c '! getent passwd schoolgate && ! getent group schoolgate'
    files_inside >"$MACHINE/after"
    diff "$MACHINE/before" "$MACHINE/after"
}
