# The manual pages name every setting that the programs know: `schoolgate help` prints those from the
# tables that read them.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
}

# names_of TOPIC: the settings that `schoolgate help TOPIC` lists, which it indents by four.
names_of()
{
    "$SCHOOLGATE" help "$1" | sed -n 's/^    \([a-z][a-z-]*\) [^ ].*/\1/p' | sort -u
}

described()
{
    grep -qE "^\.(It )?(Cm )?(.* )?$1( |$)" "$ROOT/contrib/man/$2"
}

@test "schoolgate.conf(5) names every setting of the configuration" {
    names=$(names_of config)
    [ "$(wc -w <<<"$names")" -ge 35 ]
    for name in $names; do
        described "$name" schoolgate.conf.5 || { echo "not there: $name"; return 1; }
    done
}

@test "schoolgate-rules(5) names every setting of a rule, and every facet of an example" {
    names=$("$SCHOOLGATE" help rules | sed '/^policy NAME/,/^WHO/d' |
        sed -n 's/^    \([a-z][a-z-]*\) .*/\1/p' | sort -u)
    [ "$(wc -w <<<"$names")" -ge 25 ]
    for name in $names; do
        described "$name" schoolgate-rules.5 || { echo "not there: $name"; return 1; }
    done
}
