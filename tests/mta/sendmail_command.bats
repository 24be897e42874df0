# As on a mail host: the courier is an ordinary user, and hands over by Postfix's own sendmail command,
# which may write into the queue though that user may not. In the eyes of schoolgated, and of nobody
# else, the private Postfix's configuration is the machine's.

load support
load courier

setup_file()
{
    host_create
    system_postfix >"$HOST/system.before"
    add_officer
    send_with sendmail /usr/sbin/sendmail
    # shellcheck disable=SC2016,SC2034 # the shell in there expands them; see gate.sh
    GATE_UNDER=(unshare --mount --propagation private sh -c
        'mount --bind "$0/etc" /etc/postfix && exec "$@"' "$HOST")
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

teardown_file() { host_stop; }

@test "an ordinary user hands over by the sendmail command: it arrives once, as it was" {
    ID=$(held ordinary --to 's.brown@home.example,a.green@home.example')
    held_bytes "$ID" >"$HOST/ordinary.held"
    equal 'user' nobody "$(stat -c %U "/proc/$(courier)")"
    release "$ID"
    await_state "$ID" released
    file=$(arrived ordinary)
    wait_until 30 'the queue to drain' nothing_to_deliver
    equal 'copies' 1 "$(copies_at ordinary)"
    cmp <(without_trace "$file") "$HOST/ordinary.held"
    equal 'envelope' 'a.green@home.example d.price@kingsmead.example s.brown@home.example' \
        "$(sink_envelope "$file" | sort | paste -sd' ')"
    fails grep -q 'X-Schoolgate-Release' "$file"
    grep -q "postfix/pickup.*uid=$(id -u nobody) from=<d.price@kingsmead.example>" "$HOST/mail.log"
}

@test "the machine's own Postfix is as it was" {
    diff "$HOST/system.before" <(system_postfix)
}
