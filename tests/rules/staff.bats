# What the rules for staff promise: keeping a distance to students, speaking in public, and keeping
# what is confidential.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
    CLASS_LIST=$'Register\nAsha Bell, 9B, 03/09/2012\nTom Carr, 9B, 14/11/2012\nEve Hale, 9B, 21/02/2013
Sam Okoro, 9B, 05/05/2013\nLily Marsh, 9B, 30/06/2013'
    cd "$ROOT"
}

# judged TEXT RECIPIENT...: the verdict on a message from a teacher, as JSON.
judged()
{
    local text=$1 recipients=()

    shift
    for recipient; do
        recipients+=(--to "$recipient")
    done
    printf 'From: d.price@kingsmead.example\nSubject: note\n\n%s\n' "$text" |
        "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from d.price@kingsmead.example \
            --at "${AT:-2026-11-23 12:00}" "${recipients[@]}" -
}

# judge TEXT RECIPIENT...: what is done.
judge()
{
    judged "$@" | jq -r .action
}

@test "a class list to a private mailbox is held; to a colleague it is only counted" {
    [ "$(judge "$CLASS_LIST" danprice@gmail.com)" = quarantine ]
    [ "$(judge "$CLASS_LIST" m.lloyd@kingsmead.example)" = log ]
}

@test "a class list goes on to the climbing hall with a note, and to the council without" {
    [ "$(judge "$CLASS_LIST" bookings@climbing.example)" = notify ]
    [ "$(judge "$CLASS_LIST" admissions@kingshire.gov.uk)" = pass ]
}

@test "of a class list to a colleague and a private mailbox, only the second copy is held" {
    run judged "$CLASS_LIST" m.lloyd@kingsmead.example danprice@gmail.com
    [ "$(jq -r '[.recipients[].action] | join(" ")' <<<"$output")" = 'log quarantine' ]
}

@test "care notes about a student are held on the way to a private mailbox, not to the agencies" {
    text='Safeguarding referral for Asha Bell 9B, to finish at home.'
    [ "$(judge "$text" danprice@gmail.com)" = quarantine ]
    [ "$(judge "$text" m.lloyd@kingsmead.example)" = pass ]
    [ "$(judge "$text" duty@mash.kingshire.gov.uk)" = pass ]
    [ "$(judge "$text" safeguarding@kingsmead.example)" = pass ]
}

@test "a card number to outside is refused, and goes with a reason; a long order number goes" {
    [ "$(judge 'Two rooms, please. Visa 4111 1111 1111 1111.' desk@hotel.example)" = reject ]
    [ "$(judge $'School-business: the hotel takes no other way\n\nVisa 4111 1111 1111 1111.' \
        desk@hotel.example)" != reject ]
    [ "$(judge 'Our order is 4111 1111 1111 1111.' desk@hotel.example)" = pass ]
}

@test "one sign of closeness to a student is let pass at any hour, two are held" {
    export AT='2026-11-23 23:30'
    [ "$(judge 'You looked lovely in the play.' tombrown09@mail.example s.brown@home.example)" = log ]
    [ "$(judge 'You looked lovely in the play.' t.brown@students.kingsmead.example)" = log ]
    [ "$(judge 'You looked lovely in the play. It is our secret.' \
        t.brown@students.kingsmead.example)" = quarantine ]
}

@test "who tells a student that a thing cannot be kept secret is let pass" {
    [ "$(judge "I can't keep this between us, Tom. I have to tell Mrs Grant. I can drive you home." \
        t.brown@students.kingsmead.example)" = log ]
}

@test "what is held about a student and a member of staff is explained in neutral words only" {
    for rule in contact-on-social-media asks-for-private-contact secret-with-student \
        affection-for-student meeting-alone slur harassment sexual-remark; do
        [[ $("$SCHOOLGATE" rules -c rules/schoolgate.conf "$rule") == *'Severity: critical'* ]]
        grep -A40 "^rule $rule\$" rules/*.rules | grep -m1 explain |
            grep -q 'This message is held for review by the online safety officer\.'
    done
}

@test "an insult to a colleague earns a note, to a student or a parent it is held" {
    text='How dare you! You are completely useless.'
    [ "$(judge "$text" m.lloyd@kingsmead.example)" = notify ]
    [ "$(judge "$text" t.brown@students.kingsmead.example)" = quarantine ]
    [ "$(judge "$text" s.brown@home.example)" = quarantine ]
}

@test "who tells what somebody was called is let pass" {
    [ "$(judge 'Ryan called another boy a stupid cow and told me to shut up!! Please log it.' \
        m.lloyd@kingsmead.example)" = pass ]
}

@test "no word about faith, origin, sexuality, disability or gender does anything by itself" {
    for word in Muslim Jewish Christian Sikh atheist Pakistani Polish African Roma gay lesbian \
        trans bisexual autistic deaf disabled epileptic pregnant girl woman boy man; do
        text="You are a $word person, and you are welcome here!! I am sick of the rain."
        for recipient in m.lloyd@kingsmead.example s.brown@home.example news@bbc.co.uk \
            danprice@gmail.com; do
            run judged "$text" "$recipient"
            [ "$(jq -r '[.findings[].rule] - ["press-contact"] | length' <<<"$output")" = 0 ] ||
                { echo "$word to $recipient: $output"; return 1; }
        done
    done
}

@test "mail to the press earns a note; unkind words about the school are refused there, not among us" {
    text='Our headteacher is a bully, and everybody at Kingsmead knows it.'
    [ "$(judge 'May I comment on school meals?' news@bbc.co.uk)" = notify ]
    [ "$(judge "$text" news@bbc.co.uk)" = reject ]
    [ "$(judge "$text" m.lloyd@kingsmead.example)" = pass ]
    [ "$(judge "$text" union.rep@kingsmead.example)" = pass ]
}

@test "a post that names the school wants to hear whose views they are" {
    run judged 'Nine years at Kingsmead, and I like Mondays.' me.post@blogger.com
    [[ $(jq -r '[.findings[].rule] | join(" ")' <<<"$output") == *no-disclaimer* ]]
    run judged 'Nine years at Kingsmead, and I like Mondays. The views are my own.' me.post@blogger.com
    [[ $(jq -r '[.findings[].rule] | join(" ")' <<<"$output") != *no-disclaimer* ]]
}
