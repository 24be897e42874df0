# The manual pages name every setting that the programs know: `schoolgate help` prints those from the
# tables that read them, and contrib/man/fill puts them into the pages.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    BUILD=${BUILD:-$ROOT/build}
    SCHOOLGATE=$BUILD/schoolgate
    cd "$BATS_TEST_TMPDIR"
}

# names_of TOPIC: the settings that `schoolgate help TOPIC` lists, which it indents by four.
names_of()
{
    "$SCHOOLGATE" help "$1" | sed -n 's/^    \([a-z][a-z-]*\) [^ ].*/\1/p' | sort -u
}

described()
{
    grep -qE "^\.(It )?(Cm )?(.* )?$1( |$)" "$2"
}

@test "schoolgate.conf(5) names every setting of the configuration" {
    names=$(names_of config)
    [ "$(wc -w <<<"$names")" -ge 35 ]
    for name in $names; do
        described "$name" "$ROOT/contrib/man/schoolgate.conf.5" || { echo "not there: $name"; return 1; }
    done
}

@test "schoolgate-rules(5) names every setting of a rule, and every facet of an example" {
    names=$("$SCHOOLGATE" help rules | sed '/^policy NAME/,/^WHO/d' |
        sed -n 's/^    \([a-z][a-z-]*\) .*/\1/p' | sort -u)
    [ "$(wc -w <<<"$names")" -ge 25 ]
    for name in $names; do
        described "$name" "$BUILD/man/schoolgate-rules.5" || { echo "not there: $name"; return 1; }
    done
}

fill() { "$ROOT/contrib/man/fill" help page.in; }

# A block of two settings, and a page that lists what it is told on standard input.
page()
{
    cat >help <<'END'
gate
    How it is reached.
    socket unix:PATH | inet:PORT@HOST
        where it is found; of two
        lines. Another sentence.
    inside NETWORK[, ...]
        from where mail is outgoing.
END
    printf '%s\n' "$@" >page.in
}

@test "a list of settings is made of the table, with what the page adds" {
    page '.Sh GATE' '.\" settings gate' '.\" more inside' 'And more.' '.\" end' 'Below.'
    diff - <(fill) <<'END'
.Sh GATE
.Bl -tag -width Ds
.It Cm socket Cm unix Ns No \&: Ns Ar PATH No \&| Cm inet Ns No \&: Ns Ar PORT Ns No \&@ Ns Ar HOST
Where it is found; of two lines.
Another sentence.
.It Cm inside Ar NETWORK Ns No \&[, No \&...]
From where mail is outgoing.
And more.
.El
Below.
END
}

@test "a page that leaves a setting out, or tells of one that is not there, is not made" {
    page '.\" settings gate socket' '.\" end'
    run fill
    [ "$status" -eq 1 ]
    [[ $output == *"nothing is said of 'inside' of 'gate'"* ]]
    page '.\" settings gate' '.\" more outside' '.\" end'
    run fill
    [ "$status" -eq 1 ]
    [[ $output == *"page.in:2: 'gate' has no setting 'outside'"* ]]
}
