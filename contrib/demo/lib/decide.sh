# The demo's last part: what an officer decides about two of the messages that are held, and what comes
# of it. Reads LIVE of ../run, and uses table.sh.

# id_of SAMPLE: the number of its incident.
id_of()
{
    incident_of "$1" | jq -r .id
}

# state_is ID STATE
state_is()
{
    [ "$(gate_cli "$LIVE" show --as okafor --json "$1" | jq -r .state)" = "$2" ]
}

# decide ID WORDS...: types it, as it is shown.
decide()
{
    local words=("${@:2}")
    say "   schoolgate ${words[0]} $1 --reason '${words[2]}'"
    gate_cli "$LIVE" "${words[0]}" "$1" --as okafor --reason "${words[2]}" | sed 's/^/     /'
}

# The letters that schoolgate has sent so far: who got it, and what it is called.
show_letters()
{
    local file
    for file in "$LIVE"/outside/*.eml; do
        [ -z "$(sink_envelope "$file" | head -1)" ] || continue
        grep -q '^X-Auto-Response-Suppress: ' "$file" || continue
        printf '     %-34s %s\n' "$(sink_envelope "$file" | sed -n 2p)" \
            "$(sed -n 's/^Subject: //p' "$file" | head -1)"
    done | sort
}

# Exactly one copy of the sample has reached the recipient.
reached_once()
{
    [ "$(reached_recipients "$1" | grep -cxF "$2")" -eq 1 ]
}

returned_to()
{
    local file
    for file in $(grep -lF 'message.eml' "$LIVE"/outside/*.eml); do
        sink_envelope "$file" | tail -n +2 | grep -qxF "$1" && return 0
    done
    return 1
}

# Fails when any of it does not come about.
decide_held()
{
    local released returned
    released=$(id_of 11-two-recipients)
    returned=$(id_of 02-snapchat)
    say "5. The officer decides: one goes on, and one goes back"
    say
    if [ -z "$released" ] || [ -z "$returned" ]; then
        say "   WRONG: nothing is held"
        return 1
    fi
    decide "$released" release --reason 'Agreed with the head of year.'
    decide "$returned" return --reason 'Please send the photos to the school address.'
    say
    wait_until 30 'the release to be sent' state_is "$released" released || return 1
    wait_until 30 'the return to be sent' state_is "$returned" returned || return 1
    wait_until 30 'the released message to arrive' \
        reached_once 11-two-recipients ellie.ward@post.example || return 1
    wait_until 30 'the returned message to arrive' returned_to d.price@kingsmead.example || return 1
    say "   $released has reached ellie.ward@post.example, as it was; $returned is back with its sender."
    say "   The letters that schoolgate wrote to staff and officer:"
    say
    wait_until 30 'all letters to arrive' postfix_queue_is_empty "$LIVE" || return 1
    show_letters
    say
    say "   and the trail of all that was seen and decided: schoolgate audit verify"
    say
    gate_cli "$LIVE" audit verify | sed 's/^/     /'
    say
}
