# What rules/README.md shows is true: its statements parse, its whole rules pass their own examples,
# and each slip gives the message that stands below it.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
    cd "$BATS_TEST_TMPDIR"
    cp "$ROOT/rules/00-policy.rules" .
    cat >schoolgate.conf <<'END'
school
    officer  online-safety@kingsmead.example
role staff
    includes  governor
    domain    kingsmead.example
include 00-policy.rules
include block.rules
END
}

# Cuts the fenced blocks of a kind into files KIND.1, KIND.2, …
cut_blocks()
{
    awk -v kind="$1" '
        /^```/ && inside { inside = 0; next }
        $0 == "```" kind { inside = 1; file = kind "." ++count; printf "" > file; next }
        /^```/ { inside = -1; next }
        inside == 1 { print > file }
    ' "$ROOT/rules/README.md"
}

# A block that begins with indented lines is put into a rule.
use_block()
{
    if grep -qm1 '^rule ' "$1"; then
        cp "$1" block.rules
    else
        printf 'rule example\n    clause 2.6\n    from any\n' | cat - "$1" >block.rules
    fi
}

checked()
{
    run "$SCHOOLGATE" check -c schoolgate.conf
    echo "-- $1:" && cat block.rules && echo "$output"
}

@test "every statement shown is understood" {
    cut_blocks rules
    [ "$(find . -name 'rules.*' | wc -l)" -ge 10 ]
    for block in rules.[0-9]*; do
        use_block "$block"
        checked "$block"
        [ "$status" -eq 0 ]
        [[ $output != *error:* ]]
    done
}

@test "every whole rule shown passes its own examples without a warning" {
    cut_blocks rules
    for block in $(grep -l '^rule ' rules.[0-9]*); do
        use_block "$block"
        checked "$block"
        [ "$status" -eq 0 ]
        [[ $output == *', 0 warnings'* ]]
    done
}

@test "every slip gives the message that is shown below it" {
    cut_blocks slip
    cut_blocks says
    [ "$(find . -name 'slip.*' | wc -l)" -ge 15 ]
    [ "$(find . -name 'slip.*' | wc -l)" -eq "$(find . -name 'says.*' | wc -l)" ]
    for slip in slip.*; do
        use_block "$slip"
        checked "$slip"
        [[ $output == *"$(cat "says.${slip#slip.}")"* ]]
        case $(cat "says.${slip#slip.}") in
        error:*) [ "$status" -eq 78 ] ;;
        esac
    done
}
