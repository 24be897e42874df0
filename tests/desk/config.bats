#!/usr/bin/env bats
# What the command line says of the configuration: check, rules, coverage, who.

bats_require_minimum_version 1.5.0
load support

@test "check counts rules, examples and warnings" {
    stops_with 0 schoolgate check
    [[ ${lines[-1]} =~ ^checked\ 2\ rules,\ 4\ examples,\ [0-9]+\ warnings?$ ]]
}

@test "a sound configuration checks without a warning" {
    sed -i '/^rule late/,$d' policy.rules
    stops_with 0 schoolgate check
    is "$output" "checked 1 rule, 2 examples, 0 warnings"
}

@test "check shows each error with file, line, column, the line and a caret" {
    sed -i 's/    severity  medium/    severty   medium/' policy.rules
    stops_with 78 schoolgate check
    [[ $output =~ policy.rules:[0-9]+:5:\ error:\ .*severty ]]
    says "did you mean 'severity'?"
    says "    severty   medium"
    says "^~~~~~~"
    says "1 error"
    says_not checked
}

@test "check reports a rule that misses its own hit" {
    sed -i 's/    hit       Forward.*/    hit       Nothing to see./' policy.rules
    stops_with 78 schoolgate check
    [[ $output =~ policy.rules:[0-9]+: ]]
    says "1 error"
}

@test "every verb that needs the configuration is EX_CONFIG without a good one" {
    echo 'bogus' >>school.conf
    mail m.eml <<<'Hello.'
    for words in 'scan m.eml' check 'who a@b' rules coverage incidents 'show KM-AAAA-2' report 'subject-access a@b.example'; do
        # shellcheck disable=SC2086 # the words are words
        stops_with 78 schoolgate $words
        says "school.conf:"
        says bogus
    done
    stops_with 78 schoolgate check -c missing.conf
    says missing.conf
}

@test "-c outweighs SCHOOLGATE_CONF" {
    mv school.conf other.conf
    stops_with 78 schoolgate rules
    stops_with 0 schoolgate rules -c other.conf
    stops_with 0 schoolgate rules --config=other.conf
}

@test "rules lists every rule in columns" {
    stops_with 0 schoolgate rules
    is "${#lines[@]}" 3
    is "$(xargs <<<"${lines[0]}")" "RULE CLAUSE SEVERITY MODE ACTION TITLE"
    is "$(xargs <<<"${lines[1]}")" "chain-letter 2.6 medium enforce reject Chain letter"
    is "$(xargs <<<"${lines[2]}")" "late-to-student 1.2 low observe notify Late mail to a student"
}

@test "rules NAME tells the rule in plain English, and a misspelt one what was meant" {
    stops_with 0 schoolgate rules chain-letter
    says "Chain letter"
    [ "${#lines[@]}" -gt 3 ]
    stops_with 66 schoolgate rules chain-leter
    is "$output" "schoolgate: no rule 'chain-leter'; did you mean 'chain-letter'?"
}

@test "rules --json is one object a line" {
    stops_with 0 schoolgate rules --json
    is "$(query '[.rule, .clause, .severity, .mode, .action]' | head -1)" \
        '["chain-letter","2.6","medium","enforce","reject"]'
    is "$(query '.line | type' | sort -u)" number
    stops_with 0 schoolgate rules --json chain-letter
    is "$(query '.description | type')" string
}

@test "coverage lists every clause, those without a rule too" {
    stops_with 0 schoolgate coverage
    says "Social Networking and Media Policy (social-media, June 2020)"
    says "late-to-student: notify, observed only"
    says "chain-letter: reject"
    [[ $output == *"3.1 Photographs"*"no rule"* ]]
    stops_with 0 schoolgate coverage --json
    is "$(query '[.clause, (.rules | length)]' | xargs)" "[1.2,1] [2.6,1] [3.1,0]"
}

@test "who says role, groups, whose personal address, and what decided" {
    stops_with 0 schoolgate who D.Price+news@Kingsmead.example
    says "staff"
    says "science"
    says "people.csv:2"
    stops_with 0 schoolgate who --json kim@mail.example nobody@else.example
    is "$(query '[.role, .personal_of]' | head -1)" '["external",["student"]]'
    is "$(query 'keys' | sort -u)" \
        '["address","groups","members","personal_of","role","roles","source"]'
    is "$(query .role | tail -1)" external
}

@test "who --at tells who somebody was on that day" {
    is "$(schoolgate who --json --at 2026-07-01 leaver@students.kingsmead.example | jq -r .role)" \
        student
    is "$(schoolgate who --json --at 2026-11-01 leaver@students.kingsmead.example | jq -r .role)" \
        former-student
}

@test "an address cannot play tricks on the terminal" {
    stops_with 0 schoolgate who $'a\033[31m@b.example'
    says_not $'\033'
    says 'a\x1b[31m@b.example'
}
