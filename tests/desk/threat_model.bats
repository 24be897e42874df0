# contrib/threat-model.md names the tests that hold what it promises: each of them is there.

setup()
{
    REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    MODEL=$REPO/contrib/threat-model.md
}

# What is named as `FILE#TEST`, one a line.
named() { grep -oE '`tests/[^`#]+#[^`]+`' "$MODEL" | tr -d '`'; }

# has FILE TEST: as a function, a title in bats, or one of a browser's.
has()
{
    case $1 in
    *.c) grep -qE "\btest_$2\(|\b(PROMISE|TEST)\($2\)" "$REPO/$1" ;;
    *.bats) grep -qF "@test \"$2\" {" "$REPO/$1" ;;
    *.mjs) grep -qF "test('$2'" "$REPO/$1" ;;
    *) false ;;
    esac
}

@test "every test that is named exists" {
    local missing=0 name
    [ "$(named | wc -l)" -ge 40 ]
    while IFS= read -r name; do
        has "${name%%#*}" "${name#*#}" && continue
        echo "there is no $name" >&2
        missing=1
    done < <(named)
    [ "$missing" -eq 0 ]
}

@test "a test that is not there would be missed" {
    run has tests/unit/test_confine.c nobody_has_written_this
    [ "$status" -ne 0 ]
    run has tests/mta/confined.bats 'nobody has written this'
    [ "$status" -ne 0 ]
}

@test "every boundary has at least one test" {
    awk '/^### /{ if (name && !count) {print name; bad = 1} name = $0; count = 0 }
         /^### The log/ { name = "" } /^## /{ if (name && !count) {print name; bad = 1} name = "" }
         /`tests\//{ count++ } END { exit bad }' "$MODEL"
}
