# What the shipped rules promise about harm: calls for help arrive, threats and hatred are held,
# what is private is treated so, and none of it goes by a single word.

STUDENT=t.brown@students.kingsmead.example
FRIEND=e.ward@students.kingsmead.example
TEACHER=d.price@kingsmead.example
COLLEAGUE=m.lloyd@kingsmead.example

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
    cd "$ROOT"
}

# judge FROM TO TEXT [TIME]: the action, and the rules that acted but for the one that counts.
judge()
{
    printf 'From: %s\nSubject: hello\n\n%s\n' "$1" "$3" |
        "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from "$1" --to "$2" \
            --at "${4:-2026-11-23 12:00}" - |
        jq -r '.action + " " + ([.findings[].rule | select(. != "student-contact")] | sort | join(","))'
}

# attach FROM TO FILE: the same for a message with that file.
attach()
{
    printf 'From: %s\nSubject: file\nMIME-Version: 1.0\nContent-Type: application/octet-stream; name="%s"\nContent-Disposition: attachment; filename="%s"\n\nabc\n' "$1" "$3" "$3" |
        "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from "$1" --to "$2" \
            --at '2026-11-23 12:00' - | jq -r .action
}

@test "a student's cry for help is delivered and the officer is told, also when it speaks of a knife" {
    [ "$(judge $STUDENT $TEACHER 'I keep thinking about killing myself.')" = 'log student-in-distress' ]
    [ "$(judge $STUDENT $FRIEND "I've got a blade in my locker, don't tell anyone. I want to kill myself tonight.")" = \
        'log student-in-distress' ]
    [[ $("$SCHOOLGATE" rules -c rules/schoolgate.conf student-in-distress) == *officer* ]]
}

@test "a student who tells what was done to them is never held" {
    for text in 'He said he will stab me after school and he has got a knife.' \
        'A boy called me a dirty paki and told me to go back to my own country.' \
        'Somebody keeps asking me to send nudes. What should I do?' \
        'She told me to kill myself and that nobody likes me. Please help.' \
        'They filmed me in the changing room and sent it to everyone.' \
        'I was sent this: "you are dead tomorrow, watch your back". What do I do?' \
        'Some older boy asked Mia to send nudes, and now he wants more.' \
        'There is a group chat where they say: kill yourself, nobody likes you.' \
        'I want to report that Callum has got weed. He sells it for £10 by the gate.'; do
        run judge $STUDENT $TEACHER "$text"
        echo "$text: $output"
        [[ $output == pass* || $output == log* ]]
    done
}

@test "threats, hatred and naked pictures between students are held, with nothing quoted" {
    [ "$(judge $STUDENT $FRIEND "I'm gonna stab you after school")" = 'quarantine student-threat' ]
    [ "$(judge $STUDENT $FRIEND 'go back to your own country you filthy animals')" = \
        'quarantine student-hatred' ]
    [ "$(judge $STUDENT $FRIEND 'send nudes')" = 'quarantine student-naked-pictures' ]
    for rule in student-threat student-hatred student-naked-pictures student-picture-blackmail \
        asks-student-for-pictures violent-cause; do
        run "$SCHOOLGATE" rules -c rules/schoolgate.conf "$rule"
        [[ $output == *critical* && $output == *'held for review'* ]]
    done
}

@test "no word about a group of people is enough by itself" {
    for word in nigger paki chink pikey yid faggot tranny retard spastic \
        muslim jew christian gay lesbian immigrant gypsy disabled black girl; do
        [ "$(judge $STUDENT $FRIEND "We read the word $word in a book today.")" = 'pass ' ]
        [ "$(judge $TEACHER $COLLEAGUE "Chapter four has the word $word.")" = 'pass ' ]
    done
}

@test "a bomb warning is delivered at once, whoever writes it" {
    for from in $STUDENT $TEACHER; do
        [[ $(judge $from $COLLEAGUE 'There is a bomb in the sports hall. Evacuate now.') == 'log bomb-warning' ]]
    done
    [[ $("$SCHOOLGATE" rules -c rules/schoolgate.conf bomb-warning) == *head* ]]
}

@test "a threat by staff is held, a threat that staff report is not" {
    [ "$(judge $TEACHER $COLLEAGUE 'Say that again and I will hurt you. I know where you live.')" = \
        'quarantine threat-by-staff' ]
    [ "$(judge $TEACHER $COLLEAGUE 'A parent wrote to me: I will hurt you, I know where you live.')" = 'pass ' ]
}

@test "a program goes from desk to desk, is refused on its way out, and held when it hides" {
    [ "$(attach $TEACHER $COLLEAGUE setup.exe)" = pass ]
    [ "$(attach $TEACHER $STUDENT setup.exe)" = reject ]
    [ "$(attach $TEACHER $COLLEAGUE letter.pdf.exe)" = quarantine ]
}

@test "a network's notice is counted in school hours, and is nobody's business after them" {
    text='Look! > Jo Marsh commented on your photo. https://www.facebook.com/n/?photo=12'
    [ "$(judge $TEACHER $COLLEAGUE "$text" '2026-11-23 11:00')" = 'log network-notice-passed-on' ]
    [ "$(judge $TEACHER $COLLEAGUE "$text" '2026-11-23 16:30')" = 'pass ' ]
    [ "$(judge $TEACHER $COLLEAGUE "$text" '2026-12-22 11:00')" = 'pass ' ]
}

@test "the rules about students leave what they write to the school's own mailbox alone" {
    [ "$(judge $STUDENT office@kingsmead.example "I'm gonna stab you after school, watch your back")" = 'pass ' ]
}

@test "a file that is known to be bad is held under whatever name, in neutral words" {
    printf 'From: %s\nSubject: picture\nMIME-Version: 1.0\nContent-Type: image/jpeg; name="cup.jpg"\nContent-Disposition: attachment; filename="cup.jpg"\nContent-Transfer-Encoding: base64\n\nAAAA\n' $STUDENT >"$BATS_TEST_TMPDIR/cup.eml"
    run "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from $STUDENT --to $FRIEND "$BATS_TEST_TMPDIR/cup.eml"
    [ "$(jq -r .action <<<"$output")" = quarantine ]
    [ "$(jq -r '.findings[].rule' <<<"$output")" = known-bad-file ]
    [[ $("$SCHOOLGATE" rules -c rules/schoolgate.conf known-bad-file) == *critical* ]]
}

# above_log FROM TO FILE: what is more than logged of the messages in that file, one a line.
above_log()
{
    local number=0
    rm -rf "$BATS_TEST_TMPDIR/mail"
    mkdir "$BATS_TEST_TMPDIR/mail"
    while IFS= read -r line; do
        number=$((number + 1))
        printf 'From: %s\nSubject: hello\n\n%s\n' "$1" "$line" >"$BATS_TEST_TMPDIR/mail/$(printf %03d $number).eml"
    done <"$BATS_TEST_DIRNAME/$3"
    "$SCHOOLGATE" scan -c rules/schoolgate.conf --json --from "$1" --to "$2" --at '2026-11-23 12:00' \
        "$BATS_TEST_TMPDIR/mail" >"$BATS_TEST_TMPDIR/judged.json"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/judged.json")" -eq "$number" ]
    jq -r 'select(.action != "pass" and .action != "log") | .file + " " + ([.findings[].rule] | join(","))' \
        "$BATS_TEST_TMPDIR/judged.json"
}

@test "what students tell staff about others reaches staff, in whatever words it was done" {
    run above_log $STUDENT $TEACHER students-tell.txt
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "what students write every day is let pass, to friends, to staff and outside" {
    for to in $FRIEND $TEACHER somebody@elsewhere.example; do
        run above_log $STUDENT $to students-write.txt
        echo "$to: $output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
}
