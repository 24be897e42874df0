# Completion in bash, asked as bash asks it.

setup()
{
    REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    BUILD=${BUILD:-$REPO/build}
    PATH=$BUILD:$PATH
}

# completes WORD...: what is offered for the last word, one a line.
completes()
{
    bash -c '
        compopt() { :; } # which only a completion under way may call
        source "$0" || exit 1
        COMP_WORDS=(schoolgate "$@") COMP_CWORD=$#
        _schoolgate
        printf "%s\n" "${COMPREPLY[@]}"' "$REPO/contrib/completion/schoolgate" "$@"
}

@test "it can be sourced, and is registered for the command" {
    bash -ec 'source "$0"; complete -p schoolgate' "$REPO/contrib/completion/schoolgate" | grep -q -- '-F _schoolgate'
}

@test "every verb that the help lists is offered, and nothing else" {
    listed=$(schoolgate --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | sort)
    [ "$(wc -l <<<"$listed")" -gt 20 ]
    diff <(echo "$listed") <(completes '' | grep -v '^-' | sort)
    [ "$(completes esc)" = escalate ]
}

@test "every long option of every verb is offered" {
    for verb in $(completes '' | grep -v '^-'); do
        offered=$(completes "$verb" --)
        for option in $(schoolgate "$verb" --help | grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
            grep -qxF -e "$option" <<<"$offered" || { echo "$verb: $option is missing" >&2; return 1; }
        done
    done
}

@test "the names of rules come from the configuration that the words name" {
    [ "$(completes rules -c "$REPO/rules/schoolgate.conf" chain-let)" = chain-letter ]
    completes help '' | grep -qx config
}
