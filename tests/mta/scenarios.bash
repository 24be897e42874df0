# What scenarios share. A file of tests/mta/scenarios is run once for each mail server: it is there as
# postfix_NAME.bats and as sendmail_NAME.bats, and driver_postfix.bash and driver_sendmail.bash have all
# that is different. Each file has a mail host of its own in $HOST:
#
#     load scenarios
#     setup_file()    { scenario_host_start; }
#     teardown_file() { scenario_host_stop; }

load support
load courier
MTA=$(basename "$BATS_TEST_FILENAME")
MTA=${MTA%%_*}
load "driver_$MTA"

# Who is on the list $LIST, which the mail host expands itself: schoolgate knows nothing of it.
LIST_MEMBER=m.listed@home.example

# scenario_host_start [SETTING...]: as mta_create has them.
scenario_host_start()
{
    HOST=$(mta_folder)
    export HOST
    system_postfix >"$HOST/system.before"
    sink_start "$HOST" && export SINK_PORT && mta_create "$@" &&
        mta_alias "$LIST" "$LIST_MEMBER" || return 1
    mta_add_login d.price@kingsmead.example "$PASSWORD"
    gate_create "$HOST"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    add_rule_about_list
    add_officer
    mta_start || return 1
    send_with smtp "127.0.0.1:$MTA_PORT"
    mta_gate_start
}

scenario_host_stop()
{
    local status=0
    [ -n "${HOST:-}" ] || return 0
    mta_stop || status=1
    gate_stop "$HOST" || status=1
    sink_stop "$HOST"
    ! gate_disgraced || status=1
    diff "$HOST/system.before" <(system_postfix) || status=1
    rm -rf "$HOST"
    return $status
}

add_rule_about_list()
{
    cat >>"$HOST/policy.rules" <<END

rule held-for-list
    clause    1.2
    title     To a list
    from      staff
    to        address $LIST
    signal 1  words  /\bhold for the list\b/
    need      1 points
    action    quarantine
END
}

# change_policy SED-SCRIPT: until the end of the test, by restore_policy.
change_policy()
{
    cp "$HOST/policy.rules" "$HOST/before.rules"
    sed -i "$1" "$HOST/policy.rules"
}

restore_policy()
{
    [ -e "$HOST/before.rules" ] || return 0
    mv "$HOST/before.rules" "$HOST/policy.rules"
    gate_reload "$HOST"
}

# as_sent NAME and as_received NAME: the message without the trace that the mail server put on top.
as_sent()
{
    tr -d '\r' <"$HOST/$1.smtp" | sed -n '/^<-  354/,/^ -> \.$/s/^ -> //p' | sed '$d'
}

as_received()
{
    local file
    file=$(arrived "$1") && without_trace "$file"
}

# envelopes NAME: sender and recipients, of all copies that arrived.
envelopes()
{
    local file
    for file in $(arrived "$1"); do
        sink_envelope "$file"
    done | xargs
}

# agree NAME STATE ACTION RULE[,RULE...]: record and log say the same, and so does what the client was
# told. Leaves the incident in `shown`, and its number in `id`.
agree()
{
    local line
    shown=$(incident "$1")
    id=$(jq -r .id <<<"$shown")
    line=$(log_line "$id")
    equal 'incidents of the message' 1 "$(wc -l <<<"$shown")"
    equal 'log lines of the incident' 1 "$(wc -l <<<"$line")"
    equal 'state on record' "$2" "$(jq -r .state <<<"$shown")"
    equal 'action on record' "$3" "$(jq -r .action <<<"$shown")"
    equal 'action in the log' "$3" "$(field "$line" action)"
    equal 'rules on record' "$4" "$(jq -r '[.findings[].rule] | join(",")' <<<"$shown")"
    equal 'rules in the log' "$4" "$(field "$line" rule)"
    equal 'clause in the log' "$(jq -r '.findings[0].clause' <<<"$shown")" "$(field "$line" clause)"
    equal 'points in the log' "$(jq -r '.findings[0].points' <<<"$shown")" "$(field "$line" points)"
    equal 'sender in the log' "$(jq -r .sender.address <<<"$shown")" "$(field "$line" from | sed 's/^-$//')"
    equal 'role in the log' "$(jq -r .sender.role <<<"$shown")" "$(field "$line" role)"
    equal 'queue in the log' "$(jq -r '.queue // "missing"' <<<"$shown")" "$(field "$line" queue)"
    equal 'reply on record' "$(told "$1")" "$(jq -r '.reply // ""' <<<"$shown")"
}

# talk NAME: holds the dialogue on standard input; the server's words are left in $HOST/NAME.smtp.
talk()
{
    "$TALK" "$MTA_PORT" "$INSIDE" >"$HOST/$1.smtp"
}

# letter NAME WORDS: a message, as lines of a dialogue.
letter()
{
    printf '| %s\n' "Message-Id: <$1@mail.kingsmead.example>" 'From: d.price@kingsmead.example' \
        'Date: Mon, 14 Sep 2026 15:52:11 +0100' 'Subject: letter' '' "$2"
}

# envelope RECIPIENT...: the same of its envelope, up to DATA.
envelope()
{
    echo '> MAIL FROM:<d.price@kingsmead.example>'
    printf '> RCPT TO:<%s>\n' "$@"
    echo '> DATA'
}

# verdicts NAME: what became of each message of a dialogue, or of each step that was not taken.
verdicts()
{
    sed -En 's/^250 2\.0\.0 .*(queued|accepted).*/taken/p; s/^([45])[0-9][0-9] .*/\1xx/p' \
        "$HOST/$1.smtp" | xargs
}

# submit NAME RECIPIENT WORDS: by the sendmail command.
submit()
{
    printf '%s\n' "Message-Id: <$1@mail.kingsmead.example>" 'From: d.price@kingsmead.example' \
        'Subject: report' '' "$3" | mta_submit -f d.price@kingsmead.example "$2"
}
