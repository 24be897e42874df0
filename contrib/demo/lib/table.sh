# The demo's table: what became of each sample, and whether that is what should have become of it.
# Goes by what can be seen from outside: the SMTP dialogue, the sink, and the record. Reads SAMPLES,
# LIVE and KEPT of ../run.

# A path as seen from here.
shorten()
{
    realpath -s --relative-base="$PWD" "$1"
}

# strong TEXT: in bold on a terminal.
strong()
{
    if [ -t 1 ]; then
        printf '\033[1m%s\033[0m' "$1"
    else
        printf '%s' "$1"
    fi
}

# message_id SAMPLE
message_id()
{
    sed -n 's/^Message-ID: //p' "$DEMO/messages/$1.eml"
}

# The files in which the sample lies at the sink: none when it did not get there, several when its
# recipients were served one by one.
outside_files()
{
    grep -rlF --include='*.eml' -e "Message-ID: $(message_id "$1")" "$LIVE/outside" | sort
}

# Those who got it, one a line.
reached_recipients()
{
    local file
    for file in $(outside_files "$1"); do
        sink_envelope "$file" | tail -n +2
    done | sort
}

# Its incident as JSON; nothing when it has none.
incident_of()
{
    jq -c --arg mid "$(message_id "$1")" 'select(.message_id == $mid)' "$LIVE/incidents.json"
}

# outcome SAMPLE RECIPIENTS: delivered, refused, held, part-held, or lost when it is none of those.
outcome()
{
    local accepted=no refused=no state wanted reached
    ! grep -q '^<-  250 2.0.0 Ok: queued' "$LIVE/$1.smtp" || accepted=yes
    ! grep -q '^<\*\* 550' "$LIVE/$1.smtp" || refused=yes
    state=$(incident_of "$1" | jq -r .state)
    wanted=$(tr ',' '\n' <<<"$2" | sort)
    reached=$(reached_recipients "$1")
    case $accepted,$refused,$state in
    no,yes,refused) [ -n "$reached" ] || { echo refused && return; } ;;
    yes,no,held)
        [ -n "$reached" ] || { echo held && return; }
        [ "$reached" = "$wanted" ] || { echo part-held && return; }
        ;;
    yes,no,passed | yes,no,) [ "$reached" != "$wanted" ] || { echo delivered && return; } ;;
    esac
    echo lost
}

# The finding that led to it, in a few words.
tell_finding()
{
    jq -r '"    on record  \(.id): \(.findings[0].title), clause \(.findings[0].clause)",
        if .findings[0].override_reason then
            "    because    the sender says: \(.findings[0].override_reason)"
        elif .action == "log" then "    meaning    it is counted, and nobody need do anything"
        elif .action == "notify" then "    meaning    the sender gets a note about the policy"
        else empty end'
}

tell_recipients()
{
    jq -r '.recipients[]
        | (if .action == "quarantine" then "held for " else "sent on to " end) as $what
        | "    \($what + "          " | .[0:10]) \(.address)"'
}

# tell OUTCOME SAMPLE: the lines below a sample's title.
tell()
{
    local file incident
    incident=$(incident_of "$2")
    if [ -n "$incident" ]; then
        tell_finding <<<"$incident"
    elif [ "$1" = delivered ]; then
        say "    on record  nothing: it broke no rule"
    fi
    case $1 in
    refused)
        say "    the sender was told"
        sed -n 's/^<\*\* /      /p' "$LIVE/$2.smtp"
        ;;
    held | part-held)
        tell_recipients <<<"$incident"
        say "    to see it  schoolgate show --message $(jq -r .id <<<"$incident")"
        ;;
    lost) say "    dialogue   $(shorten "$KEPT/$2.smtp")" ;;
    esac
    for file in $(outside_files "$2"); do
        say "    lies in    $(shorten "$KEPT/outside/$(basename "$file")")"
    done
}

# fault SAMPLE WANTED RULE OUTCOME: what is not as it should be; nothing when all is.
fault()
{
    local leading file
    leading=$(incident_of "$1" | jq -r '.findings[0].rule')
    [ "$2" = "$4" ] || say "it should have been $2"
    [ "$3" = "${leading:--}" ] || say "rule '$3' should have led to it, not '${leading:--}'"
    for file in $(outside_files "$1"); do
        ! grep -qi '^X-Schoolgate:.*released by' "$file" ||
            say "a forged X-Schoolgate header got through"
    done
}

# Prints the table. Fails, with their number in $LIVE/failed, when samples did not end as they should.
show_outcomes()
{
    local sample title sender recipients wanted rule got faults failed=0
    while IFS='|' read -r sample title _ sender recipients wanted rule; do
        got=$(outcome "$sample" "$recipients")
        printf '%s  %-66s %s\n' "${sample%%-*}" "$title" "$(strong "$(tr a-z- A-Z' ' <<<"$got")")"
        say "    ${sender:-<>} → ${recipients//,/, }"
        tell "$got" "$sample"
        faults=$(fault "$sample" "$wanted" "$rule" "$got")
        if [ -n "$faults" ]; then
            failed=$((failed + 1))
            sed 's/^/    WRONG: /' <<<"$faults"
        fi
        say
    done <<<"$SAMPLES"
    echo "$failed" >"$LIVE/failed"
    [ "$failed" -eq 0 ]
}
