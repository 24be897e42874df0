# What a school writes every day is not held up: ordinary-mail.txt has a message a line, its subject
# before "||", and near-misses.txt those that talk about what the rules look for without doing it.
# No rule does more than log any of them. " / " stands for the end of a line.

setup()
{
    ROOT=$BATS_TEST_DIRNAME/../..
    SCHOOLGATE=${BUILD:-$ROOT/build}/schoolgate
    cd "$BATS_TEST_TMPDIR"
}

# messages_of FILE: a folder of messages, one of each line.
messages_of()
{
    mkdir mail
    while IFS= read -r line; do
        number=$((number + 1))
        body=${line#* || }
        printf 'From: a.khan@kingsmead.example\nContent-Type: text/plain; charset=utf-8\nSubject: %s\n\n%s\n' \
            "${line%% || *}" "${body// \/ /$'\n'}" >"mail/$(printf %03d "$number").eml"
    done <"$BATS_TEST_DIRNAME/$1"
}

# judged FILE FROM TO: every message above `log`, with its rules; and all of them were judged.
judged()
{
    messages_of "$1"
    "$SCHOOLGATE" scan -c "$ROOT/rules/schoolgate.conf" --json --at '2026-11-24 12:00' \
        --from "$2" --to "$3" mail >judged.json
    [ "$(wc -l <judged.json)" -eq "$(wc -l <"$BATS_TEST_DIRNAME/$1")" ]
    jq -r 'select(.action != "pass" and .action != "log")
           | .file + " " + .action + " " + ([.findings[].rule] | join(","))' judged.json
}

@test "ordinary mail between colleagues is let pass" {
    run judged ordinary-mail.txt a.khan@kingsmead.example all-staff@kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "ordinary mail to families is let pass" {
    run judged ordinary-mail.txt a.khan@kingsmead.example year9-parents@kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "ordinary mail to students is let pass" {
    run judged ordinary-mail.txt a.khan@kingsmead.example t.brown@students.kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "mail that only talks about such things is let pass" {
    run judged near-misses.txt a.khan@kingsmead.example all-staff@kingsmead.example
    echo "$output"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}
