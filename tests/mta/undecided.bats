# Held mail that nobody has decided about in time goes back to its sender, as it was; what cannot go
# back stays, and the officer is told.

load support
load courier

setup_file()
{
    host_create
    add_officer
    printf '%s\n' '' 'retention' '    undecided 1d' >>"$HOST/schoolgate.conf"
    postfix_start "$HOST"
    send_with smtp "127.0.0.1:$POSTFIX_PORT"
    gate_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

teardown_file() { host_stop; }

# A day goes by.
a_day_later() { sql "UPDATE incident SET at = at - 86400 WHERE id = '$1'"; }

purge() { gate_cli "$HOST" purge --json >"$HOST/purged.json"; }

purge_has() # COUNT OF-WHAT
{
    purge && [ "$(jq ".$2" "$HOST/purged.json")" = "$1" ]
}

# letter_to ADDRESS TEXT: the files at the sink that went to that address, and have that text.
letter_to()
{
    sink_find "$HOST" "$2" | while read -r file; do
        ! sink_envelope "$file" | tail -n +2 | grep -qxF "$1" || echo "$file"
    done
}

letter_is_there() { [ -n "$(letter_to "$@")" ]; }

# attached FILE: the message that is attached to it, as bytes.
attached()
{
    perl -0777 -e '
        $_ = <>;
        my ($boundary) = /^Content-Type: multipart\/mixed;\s*boundary="?([^"\s;]+)/mi or exit 1;
        for (split /\n?--\Q$boundary\E(?:--)?[^\n]*\n/) {
            my ($head, $body) = /\A(.*?\n)\n(.*)\z/s or next;
            next if $head !~ /^Content-Type: message\/rfc822/mi;
            print $body;
            exit 0;
        }
        exit 1' "$1"
}

@test "it comes back to its sender, with all of the message attached, byte for byte" {
    ID=$(held forgotten --to 's.brown@home.example,a.green@home.example' \
        --header 'Subject: A day out' --body $'please hold this\n\nFrom here on\n..two dots\n--\nD.')
    held_bytes "$ID" >"$HOST/forgotten.held"
    purge_has 0 returned
    a_day_later "$ID"
    purge_has 1 returned
    await_state "$ID" returned
    wait_until 30 'it to come back' letter_is_there d.price@kingsmead.example 'message/rfc822'
    file=$(letter_to d.price@kingsmead.example 'message/rfc822')
    equal 'letters' 1 "$(wc -l <<<"$file")"
    equal 'sender' '' "$(sink_envelope "$file" | head -1)"
    attached "$file" >"$HOST/attached"
    cmp "$HOST/attached" "$HOST/forgotten.held"
    # It is done once.
    purge_has 0 returned
    equal 'at s.brown' 0 "$(letter_to s.brown@home.example forgotten | wc -l)"
    equal 'items' 1 "$(sql "SELECT count(*) FROM outbox WHERE kind = 'return'")"
    gate_cli "$HOST" audit verify
}

@test "nobody has logged in to send it: it stays held, nothing goes to its sender, the officer is told once" {
    mail_from_inside unknown-sender --header 'Subject: A night out' --body 'please hold this as well'
    wait_until 30 'the alert to be sent' nothing_due
    ID=$(held_as unknown-sender)
    [ -n "$ID" ]
    purge_has 0 overdue
    a_day_later "$ID"
    purge_has 1 overdue
    wait_until 30 'the officer to be told' overdue_is sent
    purge_has 0 overdue
    equal 'notices' 1 "$(sql "SELECT count(*) FROM outbox WHERE kind = 'overdue'")"
    state_is "$ID" held
    held_bytes "$ID" | grep -q 'please hold this as well'
    item=$(sql "SELECT number FROM outbox WHERE kind = 'overdue'")
    wait_until 30 'the notice to arrive' letter_is_there online-safety@kingsmead.example "<$item.$ID@"
    equal 'to the sender' 0 "$(letter_to d.price@kingsmead.example "$ID" | wc -l)"
}

overdue_is() { [ "$(sql "SELECT state FROM outbox WHERE kind = 'overdue'")" = "$1" ]; }
