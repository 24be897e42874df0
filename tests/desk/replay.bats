#!/usr/bin/env bats
# schoolgate replay: what a changed policy would do otherwise, to files.

bats_require_minimum_version 1.5.0
load support

# changed SED-SCRIPT: a configuration beside the one in force, with its rules so changed.
changed()
{
    sed "$1" policy.rules >changed.rules
    sed 's/policy\.rules/changed.rules/' school.conf >changed.conf
}

letters()
{
    mkdir letters
    chain_letter letters/chain.eml
    mail letters/luck.eml <<<'Good luck to you all, and pass the salt.'
    mail letters/plain.eml <<<'See you on Friday.'
}

@test "a policy that did not change does nothing otherwise" {
    letters
    changed ''
    stops_with 0 schoolgate replay -c changed.conf letters
    is "$output" "3 as before"
}

@test "what a milder policy lets pass is told with the rule that made the difference" {
    letters
    changed 's/(?:bad|good) luck/good luck/'
    stops_with 0 schoolgate replay -c changed.conf letters
    is "${lines[0]}" "lets 1 pass, 2 as before"
    is "${lines[1]}" "letters/chain.eml: reject -> pass"
    is "${lines[2]}" "  chain-letter: reject -> nothing"
    is "${#lines[@]}" 3
}

@test "what a stricter policy holds and refuses is counted apart" {
    letters
    changed 's/action    reject/action    quarantine/; /override/d'
    stops_with 0 schoolgate replay -c changed.conf letters
    is "${lines[0]}" "holds 1 more, 2 as before"
    is "${lines[1]}" "letters/chain.eml: reject -> quarantine"
    changed 's/need      6 points from 2 signals/need      3 points/'
    stops_with 0 schoolgate replay -c changed.conf letters
    is "${lines[0]}" "refuses 1 more, 2 as before"
    is "${lines[1]}" "letters/luck.eml: pass -> reject"
    is "${lines[2]}" "  chain-letter: nothing -> reject"
}

@test "what changes below a refusal is treated otherwise" {
    letters
    changed 's/action    reject/action    tag/; /override/d'
    cp changed.conf tags.conf
    cp changed.rules tags.rules
    sed -i 's/changed\.rules/tags.rules/' tags.conf
    changed 's/action    reject/action    log/; /override/d'
    stops_with 0 schoolgate replay -c changed.conf --against tags.conf letters
    is "${lines[0]}" "treats 1 otherwise, 2 as before"
    is "${lines[1]}" "letters/chain.eml: tag -> log"
}

@test "without -c the configuration in force is the changed one" {
    letters
    changed 's/(?:bad|good) luck/good luck/'
    stops_with 0 schoolgate replay --against changed.conf letters
    is "${lines[0]}" "refuses 1 more, 2 as before"
}

@test "the envelope and the time may be given, as for scan" {
    mail plain.eml <<<'See you on Friday.'
    changed 's/mode      observe/mode      enforce/'
    stops_with 0 schoolgate replay -c changed.conf --at 2026-11-21T12:00 \
        --to kim@students.kingsmead.example plain.eml
    is "$output" "1 as before"
    stops_with 0 schoolgate replay -c changed.conf --at 2026-11-21T23:10 \
        --to kim@students.kingsmead.example plain.eml
    is "${lines[0]}" "treats 1 otherwise, 0 as before"
    is "${lines[2]}" "  late-to-student: log -> notify"
}

@test "a copy that fares otherwise counts though the message as a whole does not" {
    changed 's/mode      observe/mode      enforce/; s/action    notify sender/action    quarantine/'
    cat >>changed.rules <<'RULES'

rule everything
    clause    3.1
    from      staff
    to        external
    match     /hello/
    action    quarantine
RULES
    sed 's/to        student/to        any/' changed.rules >wider.rules
    sed 's/changed\.rules/wider.rules/' changed.conf >wider.conf
    mail late.eml 'From: d.price@kingsmead.example' \
        'To: kim@students.kingsmead.example, parent@home.example' <<<'Good night.'
    stops_with 0 schoolgate replay -c wider.conf --against changed.conf --at 2026-11-21T23:10 late.eml
    is "${lines[0]}" "treats 1 otherwise, 0 as before"
    is "${lines[1]}" "late.eml: quarantine -> quarantine"
}

@test "JSON tells the counts first, then each message" {
    letters
    changed 's/(?:bad|good) luck/good luck/'
    stops_with 0 schoolgate replay --json -c changed.conf letters
    is "${lines[0]}" '{"judged":3,"holds_more":0,"lets_pass":1,"refuses_more":0,"treats_otherwise":0,"as_before":2}'
    is "${lines[1]}" '{"file":"letters/chain.eml","before":"reject","after":"pass","rules":[{"rule":"chain-letter","before":"reject","after":null}]}'
    is "${#lines[@]}" 2
}

@test "what is no mail or is not there is said, and the others are still judged" {
    letters
    changed ''
    printf 'no mail at all' >letters/none.eml
    stops_with 65 schoolgate replay -c changed.conf letters
    says "cannot read 'letters/none.eml' as mail"
    says "3 as before"
    stops_with 66 schoolgate replay -c changed.conf letters missing
    says "'missing'"
    says "3 as before"
}

@test "a changed policy with an error is told, and judges nothing" {
    letters
    changed 's/action    reject/action    rejekt/'
    stops_with 78 schoolgate replay -c changed.conf letters
    says "changed.rules:"
    says_not "as before"
    stops_with 78 schoolgate replay --against changed.conf letters
    says_not "as before"
}

@test "when nothing could be judged, nothing is said to be as before" {
    changed ''
    mkdir letters
    stops_with 0 schoolgate replay -c changed.conf letters
    is "$output" "there was no message to judge"
    echo 'no mail' >letters/note.txt
    stops_with 65 schoolgate replay -c changed.conf letters
    is "$output" "schoolgate: cannot read 'letters/note.txt' as mail: no-headers"
    stops_with 69 schoolgate replay -c changed.conf --held --json
    is "$output" "schoolgate: cannot open '$PWD/record.db': No such file or directory"
}
