# Nothing that schoolgate sends comes back to it for ever: notices, bounces, vacation replies, however
# careless, forwards and releases, one after the other, come to an end.

load support
load courier

setup_file()
{
    host_create
    # No pause between notices: what ends here must end for another reason.
    printf '%s\n' '    notice-every  0s' '    tell-release  yes' >"$HOST/more"
    sed -i "/^    send-with /r $HOST/more" "$HOST/schoolgate.conf"
    add_officer
    add_logins
    gate_start "$HOST" && postfix_start "$HOST" || return 1
    send_with smtp "127.0.0.1:$POSTFIX_PORT"
    gate_reload "$HOST"
    export POSTFIX_PORT SINK_PORT
}

teardown() { tail -n 25 "$HOST/gate.log"; } # shown when a test fails

teardown_file() { host_stop; }

add_logins()
{
    postfix_add_login "$HOST" online-safety@kingsmead.example "$PASSWORD"
}

# All is quiet: nothing to send, nothing to deliver.
settled()
{
    nothing_due && nothing_to_deliver && nothing_due
}

await_quiet()
{
    wait_until 60 'all to be quiet' settled
}

header() # FILE NAME: the value, unfolded
{
    sed '/^$/q' "$1" | perl -0pe 's/\n[ \t]+/ /g' | sed -n "s/^$2: //Ip" | head -1
}

# reply_by WAY FILE ADDRESS: what a program at ADDRESS sends on account of the message in FILE. The
# words break a rule that holds, and one that notifies.
reply_by()
{
    local way=$1 file=$2 who=$3 to subject id
    to=$(header "$file" From | grep -oE '[^<> ]+@[^<> ]+')
    [ -n "$to" ] || return 0 # it is from nobody, and says so
    subject=$(header "$file" Subject)
    id=$(header "$file" Message-ID)
    local common=(--server "127.0.0.1:$POSTFIX_PORT" --timeout 60 --to "$to"
        --body 'I am away; please hold on, and please notify me: hold from anybody')
    local login=(--auth PLAIN --auth-user "$who" --auth-password "$PASSWORD" --from "$who")
    case $way in
    polite) # RFC 3834: from nobody, and it says that it is a program
        swaks "${common[@]}" --local-interface "$INSIDE" --from '<>' --header "Subject: Auto: $subject" \
            --header "In-Reply-To: $id" --header 'Auto-Submitted: auto-replied' ;;
    bounce)
        swaks "${common[@]}" --local-interface "$INSIDE" --from '<>' \
            --header 'Subject: Undelivered Mail Returned to Sender' ;;
    honest) # from a person, but it says so
        swaks "${common[@]}" "${login[@]}" --header "Subject: Away: $subject" \
            --header 'Auto-Submitted: auto-replied' ;;
    careless) # only what it answers shows what it is
        swaks "${common[@]}" "${login[@]}" --header 'Subject: I am away' \
            --header "In-Reply-To: $id" ;;
    rude) # not even that
        swaks "${common[@]}" "${login[@]}" --header "Subject: Re: $subject" ;;
    forward) # the same message, from nobody as it came: the teacher's to the officer, the officer's home
        to=v.head@home.example
        [ "$who" = online-safety@kingsmead.example ] || to=online-safety@kingsmead.example
        swaks --server "127.0.0.1:$POSTFIX_PORT" --timeout 60 --local-interface "$INSIDE" \
            --from '<>' --to "$to" --data "@$file" ;;
    esac >>"$HOST/replies.smtp" 2>&1 || true
}

# Answers all that has come to d.price and to the officer since the last round, and waits.
round() # WAY: prints how many messages were answered
{
    local way=$1 file who n=0
    await_quiet || return 1
    for file in "$HOST"/outside/*.eml; do
        [ ! -e "$file.answered" ] || continue
        touch "$file.answered"
        for who in d.price@kingsmead.example online-safety@kingsmead.example; do
            sink_envelope "$file" | tail -n +2 | grep -qxF "$who" || continue
            reply_by "$way" "$file" "$who"
            n=$((n + 1))
        done
    done
    await_quiet || return 1
    echo "$n"
}

# comes_to_an_end WAY: within five rounds nothing is left to answer. A message that is sent in answer
# to an answer is answered in the next round, so that a circle would go on for ever.
comes_to_an_end()
{
    local rounds n
    for rounds in 1 2 3 4 5; do
        n=$(round "$1") || return 1
        [ "$n" -gt 0 ] || return 0
    done
    echo "after $rounds rounds there were still $n to answer" >&2
    return 1
}

notices() # KIND
{
    sql "SELECT count(*) FROM outbox WHERE kind = '$1' AND state = 'sent'"
}

# One of each: a notice, a hold with its alert, a release, a return.
something_of_each()
{
    mail "note-$1" --body 'please notify me'
    mail "back-$1" --body "please hold back $1"
    mail "on-$1" --body "please hold on $1"
    await_quiet
    gate_cli "$HOST" return "$(held_as "back-$1")" --reason 'Please write it anew.' --as v.head >/dev/null
    release "$(held_as "on-$1")"
    await_quiet
}

ends() # WAY
{
    local before
    before=$(notices alert)
    something_of_each "$1"
    [ "$(notices please-note)" -ge 1 ] && [ "$(notices held)" -ge 2 ] && [ "$(notices return)" -ge 1 ]
    [ "$(notices alert)" -ge $((before + 2)) ]
    comes_to_an_end "$1"
}

@test "vacation replies as they should be" { ends polite; }

@test "bounces of what we have sent" { ends bounce; }

@test "vacation replies under a person's name, that say what they are" { ends honest; }

@test "vacation replies that say nothing of themselves" { ends careless; }

@test "vacation replies that do not even say what they answer" { ends rude; }

@test "notices and alerts that are forwarded, and raise no further ones" {
    local before
    ends forward
    before=$(sql 'SELECT count(*) FROM outbox')
    round forward
    equal 'items of the outbox' "$before" "$(sql 'SELECT count(*) FROM outbox')"
}

@test "what schoolgate itself has sent is never judged: it leaves no incident" {
    equal 'incidents from nobody with our words' 0 \
        "$(sql "SELECT count(*) FROM incident WHERE sender = '' AND subject LIKE 'Your message%'")"
    fails grep -rlq 'X-Schoolgate-Release' "$HOST/outside"
}
