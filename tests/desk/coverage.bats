#!/usr/bin/env bats
# schoolgate coverage: clause -> rules -> what they do, from the rules themselves.

bats_require_minimum_version 1.5.0
load support

# shows_as_written_down NAME [OPTION]: the school in coverage/, as in coverage/NAME.
shows_as_written_down()
{
    cp "$BATS_TEST_DIRNAME/coverage/school.rules" policy.rules
    run schoolgate coverage "${@:2}"
    [ "$status" -eq 0 ]
    diff -u "$BATS_TEST_DIRNAME/coverage/$1" - <<<"$output"
}

@test "every clause is listed with its rules, or with the reason why it has none" {
    shows_as_written_down coverage.txt
}

@test "JSON tells the same" {
    shows_as_written_down coverage.json --json
}

@test "a rule that cites a clause which no mail can touch is warned of" {
    cp "$BATS_TEST_DIRNAME/coverage/school.rules" policy.rules
    sed -i '/^rule chain-letter/,$s/clause    2.6/clause    3.4/' policy.rules
    stops_with 0 schoolgate check
    says "policy.rules:14:15: warning: policy 'social-media' says that no mail can touch clause 3.4"
    run schoolgate coverage
    says 'chain-letter: reject'
}
