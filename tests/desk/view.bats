#!/usr/bin/env bats
# schoolgate view: what the judge sees of a message.

bats_require_minimum_version 1.5.0
load support

# shows_as_written_down FORM [OPTION]: letter.eml in that form.
shows_as_written_down()
{
    run bash -c 'cd "$0" && schoolgate view "$@" letter.eml' "$BATS_TEST_DIRNAME/view" "${@:2}"
    [ "$status" -eq 0 ]
    diff -u "$BATS_TEST_DIRNAME/view/letter.$1" - <<<"$output"
}

@test "a message is shown as its reader sees it, attachments included" {
    shows_as_written_down readable
}

@test "texts are shown as patterns see them" {
    shows_as_written_down folded --folded
    shows_as_written_down squeezed --squeezed
    stops_with 64 schoolgate view --folded --squeezed "$BATS_TEST_DIRNAME/view/letter.eml"
}

@test "JSON tells the same" {
    shows_as_written_down json --json
    is "$(query '.attachments[] | select(.unreadable) | .name')" marks.zip
    is "$(query '[.size, .defects, .limits]')" '[2365,["base64-broken"],[]]'
}

@test "a message comes from standard input, and several are shown in turn" {
    mail one.eml <<<'The first.'
    mail two.eml <<<'The second.'
    run bash -c 'schoolgate view --json - one.eml <two.eml'
    is "$(query '[.file, .texts[-1].text]')" $'["-","The second.\\n"]\n["one.eml","The first.\\n"]'
}

@test "no configuration is needed, but where there is one its limits hold" {
    mail plain.eml <<<'See you on Friday.'
    SCHOOLGATE_CONF='' stops_with 78 schoolgate view plain.eml
    run env -u SCHOOLGATE_CONF "$BUILD/schoolgate" view plain.eml
    is "$status" 0
    printf 'limits\n    text-size 10\n' >>school.conf
    stops_with 0 schoolgate view plain.eml
    says "limit reached: text-size"
}

@test "what is malformed is said, and what is no mail or not there has its exit code" {
    printf 'no mail at all\n' >words
    stops_with 65 schoolgate view words
    stops_with 66 schoolgate view missing.eml
    says "cannot open 'missing.eml'"
}

@test "what a message says cannot play tricks on the terminal" {
    mail tricks.eml <<<$'red \e[31m and \xe2\x80\xae back'
    stops_with 0 schoolgate view tricks.eml
    says 'red \x1b[31m and \u{202e} back'
}

@test "scan judges what is in attachments, when a rule asks for it" {
    cp "$BATS_TEST_DIRNAME/view/letter.eml" .
    stops_with 0 schoolgate scan letter.eml
    is "${lines[0]}" "letter.eml: pass"
    cat >>policy.rules <<'RULES'

rule files
    clause    2.6
    title     A file to refuse
    mode      enforce
    from      staff
    look-in   attachments
    match     /\bplease refuse the file\b/
    action    reject
    explain   No.

rule locked
    clause    2.6
    title     A locked file
    mode      enforce
    from      staff
    attachment unreadable
    action    log
RULES
    stops_with 0 schoolgate scan letter.eml
    is "${lines[0]}" "letter.eml: reject"
    says "in attachment 'plan.docx': [Please refuse the file]"
    says "in attachment, encrypted: "
}

@test "an attachment that grows beyond its limit makes the message unscannable" {
    cp "$BATS_TEST_DIRNAME/view/letter.eml" .
    printf 'limits\n    archive-output 200\n' >>school.conf
    stops_with 0 schoolgate view letter.eml
    says "limit reached: archive-output"
}
