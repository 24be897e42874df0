# Mail is exempt from a rule while the gate runs: at once, until that is ended, or its time is over.

load support
load courier

setup_file()
{
    host_create
    add_officer
    # The rule is critical: only the head exempts mail from it.
    printf '%s\n' '' 'reviewer m.head' '    role     head' \
        '    address  m.head@kingsmead.example' >>"$HOST/schoolgate.conf"
    gate_start "$HOST" && postfix_start "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

teardown_file() { host_stop; }

# exempt PATTERN WORD...: as the head does, and waits until the log has a line of PATTERN.
exempt()
{
    local pattern=$1 line
    shift
    line=$(next_log_line)
    gate_cli "$HOST" exempt "$@" --as m.head >"$HOST/exempt.txt" || return 1
    wait_until 10 "the gate to heed '$*'" logged_since "$line" "$pattern"
}

# exempt_sender UNTIL: sets NUMBER.
exempt_sender()
{
    exempt "exemption [0-9]+ from rule $RULE: a sender, until " add --rule "$RULE" \
        --sender d.price@kingsmead.example --until "$1" --reason 'The trip is real.' || return 1
    NUMBER=$(sed -n 's/^exemption \([0-9]*\) .*/\1/p' "$HOST/exempt.txt")
}

is_held() # NAME
{
    mail "$1" --body "please hold $1" && never_arrives "$1" && [ -n "$(held_as "$1")" ]
}

# And leaves no incident.
is_delivered() # NAME
{
    mail "$1" --body "please hold $1" && arrived "$1" >/dev/null && [ -z "$(incident "$1")" ]
}

setup() { RULE=held; }

@test "a sender is exempt from a rule at once, without a reload, and no longer once that is ended" {
    is_held before
    fails gate_cli "$HOST" exempt add --rule "$RULE" --sender d.price@kingsmead.example \
        --until "$(date +%F)" --reason 'The officer alone.'
    exempt_sender "$(date -d '+30 days' +%F)"
    is_delivered exempt
    exempt "exemption $NUMBER from rule $RULE has been ended" end "$NUMBER" --reason 'It is over.'
    is_held after
    gate_cli "$HOST" audit list | grep -F "exempt-end"
}

@test "it expires by its time, though nobody ends it" {
    exempt_sender "$(($(date +%s) + 12))"
    line=$(next_log_line)
    is_delivered while-it-lasts
    wait_until 30 'it to expire' logged_since "$line" "exemption $NUMBER from rule $RULE has expired"
    is_held afterwards
    equal 'state' expired "$(gate_cli "$HOST" exempt list --all --json |
        jq -r --argjson number "$NUMBER" 'select(.number == $number) | .state')"
}

@test "a phrase is exempt in whosever mail it stands, and nothing else is" {
    exempt "from rule $RULE: a phrase" add --rule "$RULE" --phrase 'hold the choir tour' \
        --until "$(date -d '+1 day' +%F)" --reason 'The choir goes on tour.'
    mail tour --body 'please HOLD the  choir tour money' && arrived tour >/dev/null
    is_held other
    gate_reload "$HOST" # which keeps what is exempt
    mail tour-again --body 'please hold the choir tour money' && arrived tour-again >/dev/null
    gate_stop "$HOST"
    gate_start "$HOST"
    mail tour-anew --body 'please hold the choir tour money' && arrived tour-anew >/dev/null
    fails grep -F 'choir' "$HOST/gate.log"
}
