# A thousand held messages are released at once, by SMTP, with the courier killed on the way.

load support
load courier

MESSAGES=1000

setup_file()
{
    host_start
    add_officer
    send_with smtp "127.0.0.1:$POSTFIX_PORT"
    gate_reload "$HOST"
}

teardown_file() { host_stop; }

flood()
{
    smtp-source -s 4 -m "$MESSAGES" -l 2000 -S 'please hold' -M test.kingsmead.example \
        -f d.price@kingsmead.example -t s.brown@home.example "inet:127.0.0.1:$POSTFIX_PORT" \
        >"$HOST/flood.log" 2>&1 3>&-
}

all_sent() { [ "$(sql "SELECT count(*) FROM incident WHERE state = 'released'")" = "$MESSAGES" ]; }
all_there() { [ "$(of_parents | wc -l)" -ge "$MESSAGES" ]; }
some_there() { [ "$(of_parents | wc -l)" -ge 100 ]; }

# The messages at the sink that are no notices.
of_parents() { grep s.brown@home.example "$HOST/outside/index"; }

@test "a thousand held messages released at once all arrive, each once" {
    flood
    equal held "$MESSAGES" "$(sql "SELECT count(*) FROM incident WHERE state = 'held'")"
    sql "DELETE FROM outbox" # the alerts
    began=$(date +%s%N)
    # shellcheck disable=SC2046 # the list is words
    release $(sql "SELECT id FROM incident")
    wait_until 60 'the first to arrive' some_there
    kill -KILL "$(courier)"
    wait_until 300 'all to be sent' all_sent
    wait_until 60 'all to be delivered' all_there
    wait_until 60 'the queue to drain' nothing_to_deliver
    echo "# $MESSAGES released in $((($(date +%s%N) - began) / 1000000)) ms" >&3
    cat $(of_parents | awk -v dir="$HOST/outside/" '{print dir $1 ".eml"}') |
        grep -i '^Message-Id:' | sort >"$HOST/ids"
    equal 'different messages' "$MESSAGES" "$(sort -u "$HOST/ids" | wc -l)"
    # One may have been in hand when the courier was killed, taken by Postfix already.
    [ "$(uniq -d "$HOST/ids" | wc -l)" -le 1 ]
    equal 'unsettled' 0 "$(sql "SELECT count(*) FROM incident WHERE settled = 0")"
}
