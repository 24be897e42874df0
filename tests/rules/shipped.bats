# The policy that is shipped checks out, and its rules keep the promises that all rules of ours make.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
    cd "$ROOT"
}

# Prints "RULE VALUE" for every line of that setting in the shipped rules.
settings()
{
    awk -v setting="$1" '
        /^[^ #]/ { rule = $1 == "rule" ? $2 : "" }
        rule && $1 == setting { line = $0; sub(/^ *[^ ]+ +/, "", line); print rule, line }
    ' rules/*.rules
}

rule_names()
{
    awk '$1 == "rule" && /^rule/ { print $2 }' rules/*.rules
}

@test "the shipped configuration checks without error or warning" {
    run "$SCHOOLGATE" check -c rules/schoolgate.conf
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *', 0 warnings'* ]]
    [[ $output != *'error'* ]]
}

@test "it checks just as well from another folder" {
    cd /
    run "$SCHOOLGATE" check -c "$BATS_TEST_DIRNAME/../../rules/schoolgate.conf"
    [ "$status" -eq 0 ]
}

@test "it checks just as well with a school's own terms, or with none" {
    cp -r rules/. "$BATS_TEST_TMPDIR"
    for terms in 'term 2031-08-20 to 2031-10-01' '#'; do
        sed "s/^    term .*/    $terms/" rules/schoolgate.conf >"$BATS_TEST_TMPDIR/schoolgate.conf"
        "$SCHOOLGATE" check -c "$BATS_TEST_TMPDIR/schoolgate.conf"
    done
}

@test "every rule has at least five examples it must catch and five it must let pass" {
    for rule in $(rule_names); do
        [ "$(settings hit | grep -c "^$rule ")" -ge 5 ] || { echo "$rule: hit"; return 1; }
        [ "$(settings miss | grep -c "^$rule ")" -ge 5 ] || { echo "$rule: miss"; return 1; }
    done
}

@test "explanations are short, say 'looks like' where they judge, and never speak of violations" {
    settings explain >"$BATS_TEST_TMPDIR/words"
    settings remedy >>"$BATS_TEST_TMPDIR/words"
    while read -r rule text; do
        [ "${#text}" -le 95 ] || { echo "$rule: ${#text} characters: $text"; return 1; }
    done <"$BATS_TEST_TMPDIR/words"
    run grep -iE 'violat|breach|illegal|offen[cs]e' "$BATS_TEST_TMPDIR/words"
    [ "$status" -eq 1 ]
    for rule in $(settings action | awk '$2 == "reject" { print $1 }'); do
        settings explain | grep -q "^$rule .*looks like"
        settings override | grep -q "^$rule yes"
    done
}

@test "every rule says in short what happened, to go on from who wrote to whom" {
    settings in-short >"$BATS_TEST_TMPDIR/words"
    [ "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/words" | sort)" = "$(rule_names | sort)" ]
    while read -r rule text; do
        [ "${#text}" -le 80 ] || { echo "$rule: ${#text} characters: $text"; return 1; }
        [[ $text == [a-z]*[a-z] ]] || { echo "$rule: $text"; return 1; }
    done <"$BATS_TEST_TMPDIR/words"
    run grep -iE 'violat|breach|illegal|offen[cs]e|guilt|groom' "$BATS_TEST_TMPDIR/words"
    [ "$status" -eq 1 ]
}

@test "of what a critical rule cannot be sure it says that it seems so, or may be" {
    certain='student-writes-as-school known-bad-file program-in-disguise'
    for rule in $(settings severity | awk '$2 == "critical" { print $1 }'); do
        [[ " $certain " == *" $rule "* ]] ||
            settings in-short | grep -qE "^$rule (seems to have|may) " || { echo "$rule"; return 1; }
    done
}

@test "people of a school are who the sample files say they are" {
    who() { "$SCHOOLGATE" who -c rules/schoolgate.conf --at 2026-11-23 --json "$1" | jq -r .role; }
    [ "$(who a.khan@kingsmead.example)" = staff ]
    [ "$(who t.brown@students.kingsmead.example)" = student ]
    [ "$(who l.morris@students.kingsmead.example)" = former-student ]
    [ "$(who office@kingsmead.example)" = official ]
    [ "$(who year9@kingsmead.example)" = student ]
    [ "$(who supply.desk@agency.example)" = contractor ]
    [ "$(who somebody@elsewhere.example)" = external ]
}

# judge TO TEXT: the action and the rules that acted, for a message from a teacher.
judge()
{
    printf 'From: a.khan@kingsmead.example\nSubject: note\n\n%s\n' "$2" |
        "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from a.khan@kingsmead.example \
            --to "$1" --at '2026-11-23 12:00' - |
        jq -r '.action + " " + ([.findings[].rule] | sort | join(","))'
}

@test "mail to a student's school address is only counted, to a personal one the sender gets a note" {
    [ "$(judge t.brown@students.kingsmead.example 'Your essay is due on Thursday.')" = \
        'log student-contact' ]
    [ "$(judge tombrown09@mail.example 'Your coat is at reception.')" = \
        'notify student-contact,student-personal-address' ]
}

@test "contact on a social network is held, and its explanation is neutral" {
    [[ $(judge ellie.ward@post.example 'Add me on Snapchat, I am coachkhan') == quarantine* ]]
    [[ $("$SCHOOLGATE" rules -c rules/schoolgate.conf contact-on-social-media) == *critical* ]]
}

@test "an appeal that colleagues get a note for is refused when parents would receive it" {
    for text in 'Sofa for sale, £120 or nearest offer.' \
        'Please sponsor me, every pound goes to charity. Please make a donation.' \
        'You are invited to our church on Sunday to hear about Jesus.' \
        'Please vote for Janet Marsh of the Green Party.'; do
        [[ $(judge d.price@kingsmead.example "$text") == notify* ]]
        [[ $(judge year9-parents@kingsmead.example "$text") == reject*-to-families* ]]
    done
}

@test "what is written to the union, or by an official mailbox, is left alone" {
    [ "$(judge union.rep@kingsmead.example 'Sofa for sale, £120 or nearest offer.')" = 'pass ' ]
    run "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from office@kingsmead.example \
        --to year9-parents@kingsmead.example - <<<$'Subject: Fair\n\nCakes for sale, £1 each. Please make a donation to charity.'
    [ "$(jq -r .action <<<"$output")" = pass ]
}

@test "the guide says of every file of rules what it is about, and of no other" {
    named=$(grep -o '^| `[0-9a-z-]*\.rules`' rules/README.md | tr -d '|` ')
    [ "$(sort <<<"$named")" = "$(cd rules && printf '%s\n' *.rules | sort)" ]
}
