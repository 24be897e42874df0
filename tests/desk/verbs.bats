#!/usr/bin/env bats
# The front of the command line: help, versions, and words that make no sense.

bats_require_minimum_version 1.5.0
load support

every='setup scan view replay check doctor who directory rules coverage guard exempt texts incidents show release return discard
       keep not-a-breach escalate note reopen undo legal-hold report subject-access purge
       audit account help'

same_help()
{
    run schoolgate "$1" --help
    [ "$status" -eq 0 ]
    diff -u "$BATS_TEST_DIRNAME/help/$1.txt" - <<<"$output"
}

@test "help of the program and of every verb is as written down" {
    run schoolgate --help
    [ "$status" -eq 0 ]
    diff -u "$BATS_TEST_DIRNAME/help/schoolgate.txt" - <<<"$output"
    for verb in $every; do same_help "$verb"; done
}

@test "help VERB is VERB --help, and every listed verb has it" {
    verbs=$(schoolgate help | awk '/^  [a-z]/ {print $1}')
    [ "$(wc -w <<<"$verbs")" -ge 8 ]
    for verb in $verbs; do
        [ "$verb" = rules ] || is "$(schoolgate help "$verb")" "$(schoolgate "$verb" --help)"
    done
}

@test "help lines fit a terminal of 100 columns" {
    for verb in $every; do
        is "$(schoolgate "$verb" --help | awk 'length > 100')" ""
    done
}

@test "help rules and help config print the manuals of the languages" {
    stops_with 0 schoolgate help rules
    says signal
    says look-in
    stops_with 0 schoolgate help config
    says time-zone
    says database
}

@test "the version is told by the program and by every verb" {
    stops_with 0 schoolgate --version
    [[ $output =~ ^schoolgate\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    version=$output
    for verb in $every; do
        is "$(schoolgate "$verb" --version)" "$version"
    done
}

@test "a mistyped verb is answered with the one that was meant, and EX_USAGE" {
    stops_with 64 schoolgate scna x
    is "$output" "schoolgate: no verb 'scna'; did you mean 'scan'?"
    stops_with 64 schoolgate incident
    says "did you mean 'incidents'?"
    stops_with 64 schoolgate zzz
    says "see 'schoolgate help'"
}

@test "words that make no sense are EX_USAGE with a word on what is wrong" {
    stops_with 64 schoolgate
    stops_with 64 schoolgate --bogus
    stops_with 64 schoolgate scan
    says "no PATH given"
    stops_with 64 schoolgate scan --jsno x
    says "did you mean --json?"
    stops_with 64 schoolgate who
    stops_with 64 schoolgate show
    stops_with 64 schoolgate show A B
    stops_with 64 schoolgate show --json --message A
    stops_with 64 schoolgate coverage extra
    stops_with 64 schoolgate rules --since 7d
    stops_with 64 schoolgate rules --stats chain-letter
    stops_with 64 schoolgate rules --stats --since soon
    stops_with 64 schoolgate guard chain-letter
    stops_with 64 schoolgate guard restore
    stops_with 64 schoolgate guard restore chain-letter
    says "say why: --reason TEXT"
    stops_with 64 schoolgate guard --reason because
    stops_with 64 schoolgate replay x
    says "name the changed configuration with -c"
    stops_with 64 schoolgate replay --held x
    stops_with 64 schoolgate replay --held --at 2026-11-21
    stops_with 64 schoolgate replay --against school.conf
    stops_with 64 schoolgate check extra
    stops_with 64 schoolgate help nonsense
    stops_with 64 schoolgate incidents --state hold
    says "did you mean 'held'?"
    stops_with 64 schoolgate incidents --since soon
    stops_with 64 schoolgate incidents --limit -3
    stops_with 64 schoolgate incidents --limit many
    stops_with 64 schoolgate report --by claus
    says "did you mean 'clause'?"
    stops_with 64 schoolgate report --format pdf
    stops_with 64 schoolgate report --since soon
    stops_with 64 schoolgate report --since 2026-09-01 --until 2026-09-01
    says "--until is not after --since"
    stops_with 64 schoolgate report week
    stops_with 64 schoolgate subject-access
    stops_with 64 schoolgate subject-access kim
    says "'kim' is no address"
    stops_with 64 schoolgate subject-access --redact-others --messages m kim@mail.example
    stops_with 64 schoolgate scan --at yesterday x
    says "2026-11-21T23:10"
}

@test "complaints go to standard error and nothing to standard output" {
    run bash -c 'schoolgate scna 2>/dev/null'
    is "$output" ""
    run bash -c 'schoolgate scan missing.eml 2>/dev/null'
    is "$output" ""
}

@test "a full disk behind standard output is noticed" {
    run bash -c 'schoolgate help >/dev/full'
    [ "$status" -eq 74 ]
    says "cannot write to standard output"
}

@test "every verb and option is in the manual and in the completion" {
    contrib=$BATS_TEST_DIRNAME/../../contrib
    for verb in $(schoolgate help | awk '/^  [a-z]/ {print $1}'); do
        grep -q "^.Cm $verb$" "$contrib/man/schoolgate.1"
        grep -q "\b$verb\b" "$contrib/completion/schoolgate"
        for option in $(schoolgate "$verb" --help | grep -o '^ .*--[a-z]*' | grep -o -- '--[a-z]*'); do
            grep -q -- "Fl -${option#--}\b" "$contrib/man/schoolgate.1" ||
                { echo "$verb $option is not in the manual" >&2; false; }
            grep -q -- "$option" "$contrib/completion/schoolgate" ||
                { echo "$verb $option is not completed" >&2; false; }
        done
    done
}

# complete WORD...: what the last word may become.
completions()
{
    bash -c 'source "$0"; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _schoolgate
             printf "%s\n" "${COMPREPLY[@]}"' "$BATS_TEST_DIRNAME/../../contrib/completion/schoolgate" "$@"
}

@test "the shell completes verbs, options, states and names of rules" {
    is "$(completions schoolgate sc)" scan
    is "$(completions schoolgate scan --js)" --json
    is "$(completions schoolgate incidents --state held | xargs)" "held held-mta"
    is "$(completions schoolgate rules chain)" chain-letter
    is "$(completions schoolgate rules --st)" --stats
    is "$(completions schoolgate guard res)" restore
    is "$(completions schoolgate replay --ag)" --against
    is "$(completions schoolgate report --by w)" week
    is "$(completions schoolgate report --format h)" html
    is "$(completions schoolgate subject-access --red)" --redact-others
    is "$(completions schoolgate help inc)" incidents
    is "$(completions schoolgate account pass)" password
    is "$(completions schoolgate account --to)" --totp
    is "$(completions schoolgate texts held | xargs)" "held held-critical"
}

@test "where nothing is on record yet, the missing file is named" {
    stops_with 69 schoolgate incidents
    says "record.db': No such file or directory"
    stops_with 69 schoolgate show KM-7F3Q-2
    stops_with 69 schoolgate rules --stats
    stops_with 69 schoolgate guard
    stops_with 69 schoolgate guard restore chain-letter --reason 'it is precise'
    stops_with 69 schoolgate replay --held
    stops_with 69 schoolgate report
    stops_with 69 schoolgate subject-access kim@mail.example
    [ ! -e record.db ]
}
