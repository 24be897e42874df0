#!/usr/bin/env bats
# schoolgate scan: messages in files, judged as at the gate.

bats_require_minimum_version 1.5.0
load support

@test "a chain letter is refused: clause, signals, excerpts and the reply are shown" {
    chain_letter chain.eml
    stops_with 0 schoolgate scan chain.eml
    is "${lines[0]}" "chain.eml: reject"
    says "from d.price@kingsmead.example (staff)"
    says "to   parent@home.example (external) reject"
    says "2.6 Chain letter: reject"
    says "clause 2.6, Chain letters, spam and solicitations (social-media June 2020)"
    says "rule chain-letter, severity medium, 7 points"
    says "+4 asks-to-pass-on in body: [Forward this to ten friends] tonight"
    says "+3 luck-or-harm in body: "
    says "550"
    says "the office"
}

@test "an ordinary letter passes and nobody is told anything" {
    mail plain.eml <<<'See you on Friday.'
    stops_with 0 schoolgate scan plain.eml
    is "${lines[0]}" "plain.eml: pass"
    says_not "told"
}

@test "JSON is one object a line with the keys that scripts rely on" {
    chain_letter chain.eml
    mail plain.eml <<<'See you on Friday.'
    stops_with 0 schoolgate scan --json chain.eml plain.eml
    is "${#lines[@]}" 2
    is "$(query '.action' | xargs)" "reject pass"
    output=${lines[0]}
    is "$(query 'keys - ["limits"]')" \
        '["action","defects","file","findings","recipients","reply","sender"]'
    is "$(query '.sender')" '{"address":"d.price@kingsmead.example","role":"staff"}'
    is "$(query '.recipients[0] | del(.personal_of)')" \
        '{"address":"parent@home.example","role":"external","action":"reject"}'
    is "$(query '.findings[0] | keys - ["policy"]')" \
        '["action","clause","mode","points","rule","severity","signals","title"]'
    is "$(query '.findings[0] | [.rule, .clause, .title, .severity, .mode, .action, .points]')" \
        '["chain-letter","2.6","Chain letter","medium","enforce","reject",7]'
    is "$(query '.findings[0].signals[0] | keys')" '["excerpt","name","points","where"]'
    is "$(query '[.file, .reply, .defects, .limits, .findings, .recipients] | map(type)')" \
        '["string","string","array","array","array","array"]'
    is "$(query '.findings[0].signals[0] | map(type)')" '["string","number","string","string"]'
    is "$(query '.reply | startswith("550")')" true
}

@test "the reply of what is not refused is null, and its lists are empty" {
    mail plain.eml <<<'See you on Friday.'
    stops_with 0 schoolgate scan --json plain.eml
    is "$(query '[.action, .reply, .findings, .defects, .limits]')" '["pass",null,[],[],[]]'
}

@test "an observed rule is shown but does not decide the action" {
    mail late.eml 'From: d.price@kingsmead.example' 'To: kim@students.kingsmead.example' <<<'Hello.'
    stops_with 0 schoolgate scan --json --at 2026-11-21T23:10 late.eml
    is "$(query '[.action, .findings[0].rule, .findings[0].mode, .findings[0].action, .reply]')" \
        '["log","late-to-student","observe","notify",null]'
    stops_with 0 schoolgate scan --at 2026-11-21T23:10 late.eml
    says "notify, observed only"
}

@test "the time of --at is the school's, or has an offset, or counts seconds" {
    mail late.eml 'From: d.price@kingsmead.example' 'To: kim@students.kingsmead.example' <<<'Hello.'
    for at in 2026-07-01T22:30 '2026-07-01 22:30' 2026-07-01T21:30Z 1782941400; do
        is "$(schoolgate scan --json --at "$at" late.eml | jq -r .action)" log
    done
    for at in 2026-07-01T21:30 2026-07-01T20:30Z 2026-07-01T22:30+02:00; do
        is "$(schoolgate scan --json --at "$at" late.eml | jq -r .action)" pass
    done
}

@test "the envelope comes from the headers: From or Sender; To, Cc and Bcc, each once" {
    mail m.eml 'From: a@x.example' 'Sender: b@x.example' 'To: C <c@x.example>, d@x.example' \
        'Cc: C@x.example, e@x.example' 'Bcc: f@x.example' 'Resent-To: g@x.example' <<<'Hello.'
    stops_with 0 schoolgate scan --json m.eml
    is "$(query .sender.address)" a@x.example
    is "$(query '[.recipients[].address]')" \
        '["c@x.example","d@x.example","e@x.example","f@x.example"]'
    mail m.eml 'Sender: b@x.example' 'To: c@x.example' <<<'Hello.'
    is "$(schoolgate scan --json m.eml | jq -r .sender.address)" b@x.example
}

@test "an envelope that is given outweighs the headers" {
    chain_letter chain.eml 'From: someone@home.example' 'To: parent@home.example'
    is "$(schoolgate scan --json chain.eml | jq -r .action)" pass
    stops_with 0 schoolgate scan --json --from '<d.price@kingsmead.example>' --to x@y.example \
        --to kim@mail.example chain.eml
    is "$(query '[.action, .sender.address]')" '["reject","d.price@kingsmead.example"]'
    is "$(query '[.recipients[].address]')" '["x@y.example","kim@mail.example"]'
    is "$(query '.recipients[1].personal_of')" '["student"]'
}

@test "a login outweighs the sender" {
    chain_letter chain.eml 'From: someone@home.example' 'To: parent@home.example'
    stops_with 0 schoolgate scan --json --login d.price@kingsmead.example chain.eml
    is "$(query '[.action, .sender.role]')" '["reject","staff"]'
}

@test "a bounce is never refused" {
    chain_letter chain.eml
    stops_with 0 schoolgate scan --json --from '' chain.eml
    is "$(query '.reply')" null
}

@test "folders are searched to the bottom, in order of names" {
    mkdir -p box/inner
    mail box/2.eml <<<'Two.'
    mail box/1 <<<'One.'
    chain_letter box/inner/3.eml
    stops_with 0 schoolgate scan --json box
    is "$(query '.file' | xargs)" "box/1 box/2.eml box/inner/3.eml"
    stops_with 0 schoolgate scan box
    says "3 messages: 2 pass, 1 reject"
}

@test "- is standard input" {
    chain_letter chain.eml
    run bash -c 'schoolgate scan --json - <chain.eml'
    [ "$status" -eq 0 ]
    is "$(query '[.file, .action]')" '["-","reject"]'
}

@test "a file is judged alike with LF, with CRLF and behind an mbox line" {
    chain_letter lf.eml
    sed 's/$/\r/' lf.eml >crlf.eml
    { echo 'From d.price@kingsmead.example Sat Nov 21 23:10:00 2026'; cat lf.eml; } >mbox.eml
    stops_with 0 schoolgate scan --json lf.eml crlf.eml mbox.eml
    is "$(query 'del(.file)' | sort -u | wc -l)" 1
    is "$(query '.action' | sort -u)" reject
}

@test "what is no mail is EX_DATAERR, and the others are still judged" {
    mkdir box
    : >box/1-empty
    printf 'no header field here\nnone at all\n' >box/2-prose
    mail box/3.eml <<<'Hello.'
    run --separate-stderr schoolgate scan --json box
    [ "$status" -eq 65 ]
    is "$(query .file)" box/3.eml
    [[ $stderr == *"'box/1-empty'"*no-headers* ]]
    [[ $stderr == *"'box/2-prose'"*no-headers* ]]
}

@test "a file that is not there is EX_NOINPUT, and the others are still judged" {
    mail here.eml <<<'Hello.'
    run --separate-stderr schoolgate scan --json gone.eml here.eml
    [ "$status" -eq 66 ]
    is "$(query .file)" here.eml
    is "$stderr" "schoolgate: cannot open 'gone.eml': No such file or directory"
}

@test "a message beyond the size limit is unscannable under that limit's name" {
    printf 'limits\n    message-size  4K\n' >>school.conf
    mail big.eml < <(head -c 20000 /dev/zero | tr '\0' x)
    stops_with 0 schoolgate scan --json big.eml
    is "$(query '[.limits[0], .action, .findings[0].rule]')" \
        '["message-size","quarantine","unscannable"]'
}

@test "escape sequences, bidi controls and forged lines reach no terminal" {
    printf 'From: d.price@kingsmead.example\nTo: parent@home.example\nSubject: x\n\n%b\n' \
        'forward this \033[2J\302\2332J to everyone or have bad luck \342\200\256 xyz' >evil.eml
    cp evil.eml $'evil\033[31m\nforged.eml'
    run bash -c 'schoolgate scan evil* 2>&1; schoolgate scan $'"'"'gone\033[31m'"'"' 2>&1'
    says 'evil\x1b[31m\nforged.eml: reject'
    says 'gone\x1b[31m'
    is "$(grep -c '^forged' <<<"$output")" 0
    is "$(tr -d '\n[:print:]\200-\377' <<<"$output" | wc -c)" 0
    is "$(grep -cP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' <<<"$output")" 0
    run schoolgate scan --json evil.eml
    is "$(tr -d '\n[:print:]\200-\377' <<<"$output" | wc -c)" 0
    is "$(grep -cP '\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' <<<"$output")" 0
}

# on_terminal COMMAND: its output as it comes on a terminal.
on_terminal()
{
    TERM=xterm script -qec "$1" /dev/null </dev/null
}

@test "colour is for terminals only, and not with NO_COLOR" {
    chain_letter chain.eml
    run on_terminal 'schoolgate scan chain.eml'
    says $'\033[1;31mreject'
    NO_COLOR=1 run on_terminal 'schoolgate scan chain.eml'
    says reject
    says_not $'\033'
    run schoolgate scan chain.eml
    says_not $'\033'
}
