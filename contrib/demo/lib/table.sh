# The demo's table: what became of each sample, and whether that is what should have become of it.
# Reads SAMPLES, $LIVE and $KEPT of ../run.

# A path as seen from here.
shorten()
{
    realpath -s --relative-base="$PWD" "$1"
}

bold()
{
    if [ -t 1 ]; then printf '\033[1m%s\033[0m' "$1"; else printf '%s' "$1"; fi
}

# message_id FILE
message_id()
{
    sed -n 's/^Message-ID: //p' "$DEMO/messages/$1.eml"
}

# The file in which the sample lies at the sink; nothing when it did not get there.
outside_file()
{
    grep -rlF --include='*.eml' -e "Message-ID: $(message_id "$1")" "$LIVE/outside" || true
}

# Its incident as JSON; nothing when it has none.
incident_of()
{
    jq -c --arg mid "$(message_id "$1")" 'select(.message_id == $mid)' "$LIVE/incidents.json"
}

# outcome FILE RECIPIENTS: delivered, refused, held, in-part or lost, from what can be seen: the
# dialogue, the sink and the record.
outcome()
{
    local accepted file state reached wanted
    accepted=$(grep -c '^<-  250 2.0.0 Ok: queued' "$LIVE/$1.smtp" || true)
    file=$(outside_file "$1")
    state=$(incident_of "$1" | jq -r .state)
    wanted=$(tr ',' '\n' <<<"$2" | sort)
    reached=
    [ -z "$file" ] || reached=$(sink_envelope "$file" | tail -n +2 | sort)
    if [ "$accepted" = 0 ] && [ -z "$file" ] && grep -q '^<\*\* 550' "$LIVE/$1.smtp"; then
        echo refused
    elif [ "$accepted" = 1 ] && [ "$reached" = "$wanted" ] && [ "$state" != held ]; then
        echo delivered
    elif [ "$accepted" = 1 ] && [ -z "$file" ] && [ "$state" = held ]; then
        echo held
    elif [ "$accepted" = 1 ] && [ -n "$file" ] && [ "$state" = held ]; then
        echo in-part
    else
        echo lost
    fi
}

# The particulars under a sample's line.
tell_delivered()
{
    local file incident
    file=$(outside_file "$1")
    incident=$(incident_of "$1")
    say "    it lies in $(shorten "$KEPT/outside/$(basename "$file")")"
    [ -z "$incident" ] ||
        say "    on record as $(jq -r '.id + ", action " + .action + ", " + (.rules | join(", "))' <<<"$incident")"
}

tell_held()
{
    local id
    id=$(incident_of "$1" | jq -r .id)
    jq -r '.recipients[] | if .action == "quarantine"
        then "    held for \(.address)" else "    delivered to \(.address)" end' <<<"$(incident_of "$1")"
    say "    on record as $id, $(incident_of "$1" | jq -r '.rules | join(", ")'); the message: schoolgate show --message $id"
}

tell_refused()
{
    say "    the sender was told:"
    sed -n 's/^<\*\* /      /p' "$LIVE/$1.smtp"
}

tell()
{
    case $1 in
    delivered) tell_delivered "$2" ;;
    held | in-part) tell_held "$2" ;;
    refused) tell_refused "$2" ;;
    lost) say "    see $(shorten "$KEPT/$2.smtp")" ;;
    esac
}

# Why a sample is not right; nothing when it is.
fault()
{
    local file=$1 wanted=$2 rule=$3 got=$4 rules
    rules=$(incident_of "$file" | jq -r '.rules | join(" ")')
    [ "$wanted" = "$got" ] || say "should have been $wanted"
    if [ "$rule" != - ]; then
        [[ " $rules " == *" $rule "* ]] || say "rule $rule should have said so, not '$rules'"
    fi
    if grep -rqiE '^X-Schoolgate: pass; released' "$LIVE/outside"; then
        say "a forged X-Schoolgate header got through"
    fi
}

# Prints the table. Fails, with their number in $LIVE/failed, when samples did not end as they should.
show_outcomes()
{
    local file title login sender recipients wanted rule got faults failed=0
    while IFS='|' read -r file title login sender recipients wanted rule; do
        [ -n "$file" ] || continue
        got=$(outcome "$file" "$recipients")
        faults=$(fault "$file" "$wanted" "$rule" "$got")
        printf '%s  %-72s  %s\n' "${file%%-*}" "$title" "$(bold "${got^^}")"
        say "    ${sender:-<>} → ${recipients//,/, }"
        tell "$got" "$file"
        if [ -n "$faults" ]; then
            failed=$((failed + 1))
            say "    WRONG: $faults"
        fi
        say
    done <<<"$SAMPLES"
    echo "$failed" >"$LIVE/failed"
    [ "$failed" -eq 0 ]
}
