# What the tests of the command line share: a small school in a folder of the test's own.

: "${BUILD:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build}"

setup()
{
    [ -x "$BUILD/schoolgate" ] || return 1 # or many a test would pass with nothing to test
    cd "$BATS_TEST_TMPDIR" || return 1
    PATH=$BUILD:$PATH
    unset NO_COLOR
    make_school
    export SCHOOLGATE_CONF=$PWD/school.conf
}

make_school()
{
    cat >school.conf <<'CONF'
school
    name       Kingsmead
    reference  KM
    officer    online-safety@kingsmead.example
    contact    the office
    time-zone  Europe/London

record
    database  record.db

role staff
    domain  kingsmead.example

role student
    domain  students.kingsmead.example

people
    csv  people.csv

include policy.rules
CONF
    cat >people.csv <<'CSV'
address,role,groups,until,personal
d.price@kingsmead.example,staff,science,,
kim@students.kingsmead.example,student,year9,,kim@mail.example
leaver@students.kingsmead.example,student,,2026-07-31,
CSV
    cat >policy.rules <<'RULES'
policy social-media
    title    Social Networking and Media Policy
    version  June 2020
    clause 1.2  Staff, students and social networks
    clause 2.6  Chain letters, spam and solicitations
    clause 3.1  Photographs

rule chain-letter
    clause    2.6
    title     Chain letter
    severity  medium
    mode      enforce
    from      staff
    look-in   subject, body
    signal 4  asks-to-pass-on  /\b(?:forward|send|pass) this\b.{0,60}\b(?:friends|everyone)\b/
    signal 3  luck-or-harm     /\b(?:bad|good) luck\b/
    need      6 points from 2 signals
    action    reject
    override  yes
    explain   This looks like a chain letter: it asks people to pass it on.
    remedy    Take that part out and send it again.
    hit       Forward this to ten friends tonight or have bad luck.
    miss      Please forward this to the exams office before Friday.

rule late-to-student
    clause    1.2
    title     Late mail to a student
    severity  low
    mode      observe
    from      staff
    to        student
    when      22:00-06:00
    action    notify sender
    explain   It is late.
    hit       [at 2026-11-23 22:10] See you tomorrow.
    miss      [at 2026-11-23 12:10] See you tomorrow.
RULES
}

# mail FILE [HEADER...] <BODY: a message from d.price to a parent unless headers say otherwise.
mail()
{
    local file=$1
    shift
    [ $# -gt 0 ] || set -- 'From: D Price <d.price@kingsmead.example>' 'To: parent@home.example'
    { printf '%s\n' "$@" 'Subject: a letter' ''; cat; } >"$file"
}

chain_letter()
{
    mail "$1" "${@:2}" <<<'Forward this to ten friends tonight or have bad luck.'
}

# says TEXT: the output holds TEXT.
says()
{
    [[ $output == *"$1"* ]] || {
        printf '%s\n' "not in the output: $1" "$output" >&2
        return 1
    }
}

says_not()
{
    [[ $output != *"$1"* ]] || {
        printf '%s\n' "in the output: $1" "$output" >&2
        return 1
    }
}

# stops_with CODE COMMAND...: runs it; it must end with that exit code.
stops_with()
{
    local code=$1
    shift
    run "$@"
    [ "$status" -eq "$code" ] || {
        printf '%s\n' "exit code $status instead of $code" "$output" >&2
        return 1
    }
}

# query FILTER: what jq makes of the output.
query()
{
    jq -cr "$1" <<<"$output"
}

is()
{
    [ "$1" = "$2" ] || {
        printf '%s\n' "got:  $1" "want: $2" >&2
        return 1
    }
}
