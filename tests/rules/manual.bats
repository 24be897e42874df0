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
        described "$name" "$BUILD/man/schoolgate.conf.5" || { echo "not there: $name"; return 1; }
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

@test "every manual is laid out as man pages are" {
    set -- "$ROOT"/contrib/man/*.[1-9] "$BUILD"/man/*.[1-9]
    [ $# -ge 8 ]
    mandoc -T lint -W warning "$@"
}

fill() { "$ROOT/contrib/man/fill" help page.in; }

# A block of two settings, a line of its own, and a page that lists what it is told on standard input.
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

mode enforce|observe
    With 'observe' no rule acts.
END
    printf '%s\n' "$@" >page.in
}

@test "a list of settings is made of the table, with what the page adds" {
    page '.Sh GATE' '.\" about gate' '.\" settings gate' '.\" more inside' 'And more.' '.\" end' 'Below.' \
        '.\" settings lines' '.\" end'
    diff - <(fill) <<'END'
.Sh GATE
How it is reached.
.Bl -tag -width Ds
.It Cm socket Cm unix Ns No \&: Ns Ar PATH No \&| Cm inet Ns No \&: Ns Ar PORT Ns No \&@ Ns Ar HOST
Where it is found; of two lines.
Another sentence.
.It Cm inside Ar NETWORK Ns No \&[, No \&...]
From where mail is outgoing.
And more.
.El
Below.
.Bl -tag -width Ds
.It Cm mode Cm enforce Ns No \&| Ns Cm observe
With 'observe' no rule acts.
.El
END
}

# refused SAYING LINE...: no page is made of these lines, and it is said why.
refused()
{
    local saying=$1
    shift
    page "$@"
    run fill
    [ "$status" -eq 1 ] && [[ $output == *"$saying"* ]] || { echo "$output"; return 1; }
}

@test "a page that leaves a setting or a block out, or tells of one that is not there, is not made" {
    refused "nothing is said of 'inside' of 'gate'" \
        '.\" settings gate socket' '.\" end' '.\" elsewhere mode'
    refused "nothing is said of 'mode' of 'lines'" '.\" settings gate' '.\" end'
    refused "nothing is said of 'socket' of 'gate'" '.\" about gate' '.\" settings lines' '.\" end'
    refused "page.in:2: 'gate' has no setting 'outside'" '.\" settings gate' '.\" more outside' '.\" end'
    refused "page.in:1: there is no block 'gates'" '.\" elsewhere gates'
    refused "page.in:1: there is no block 'gates'" '.\" about gates'
}

@test "a page need not tell what another page tells" {
    page '.Sh LINES' '.\" elsewhere gate mode'
    diff - <(fill) <<<'.Sh LINES'
}
