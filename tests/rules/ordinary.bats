# What a school writes every day is not held up: ordinary-mail.txt has a message a line, its subject
# before "||", and no rule does more than log any of them.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
    cd "$BATS_TEST_TMPDIR"
    mkdir mail
    while IFS= read -r line; do
        number=$((number + 1))
        printf 'From: a.khan@kingsmead.example\nSubject: %s\n\n%s\n' \
            "${line%% || *}" "${line#* || }" >"mail/$(printf %03d "$number").eml"
    done <"$BATS_TEST_DIRNAME/ordinary-mail.txt"
}

# judged FROM TO: every message above `log`, with its rules; and how many were judged.
judged()
{
    "$SCHOOLGATE" scan -c "$ROOT/rules/schoolgate.conf" --json --at '2026-11-24 12:00' \
        --from "$1" --to "$2" mail >judged.json
    [ "$(wc -l <judged.json)" -eq "$(wc -l <"$BATS_TEST_DIRNAME/ordinary-mail.txt")" ]
    jq -r 'select(.action != "pass" and .action != "log")
           | .file + " " + .action + " " + ([.findings[].rule] | join(","))' judged.json
}

@test "ordinary mail between colleagues is let pass" {
    run judged a.khan@kingsmead.example all-staff@kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "ordinary mail to families is let pass" {
    run judged a.khan@kingsmead.example year9-parents@kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "ordinary mail to students is let pass" {
    run judged a.khan@kingsmead.example t.brown@students.kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}
