#!/usr/bin/env bats
# setup without a terminal: options in place of answers, answers from a pipe, and what is left alone.
# The questions at a terminal are in tests/unit, the mail server in tests/mta.

load support

# A folder of rules with the sample of the program beside them, and no configuration.
fresh()
{
    mkdir -p rules
    cp "$BATS_TEST_DIRNAME/../../rules/schoolgate.conf" rules
    cp policy.rules rules
    unset SCHOOLGATE_CONF
    hillside=(--name 'Hillside School' --staff-domain hillside.example
        --student-domain students.hillside.example --officer safe@hillside.example)
    here=(-c new.conf --rules rules --mta none --state "$PWD/state" --user "$(id -un)" --time-zone Europe/London)
}

made()
{
    fresh
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --yes
}

value() { awk -v key="$1" '$1 == key {$1 = ""; print substr($0, 2); exit}' new.conf; }

@test "without questions every option that is missing is named at once" {
    fresh
    stops_with 64 schoolgate setup "${here[@]}" --yes
    says '--name, --staff-domain, --student-domain (or --student-pattern, or --people, or --directory), --officer'
    [ ! -e new.conf ]
}

@test "an option that makes no sense is named with what would" {
    fresh
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --officer safe
    says "--officer: 'safe' is no mail address; did you mean 'safe@hillside.example'?"
    stops_with 64 schoolgate setup "${here[@]}" --yes --mta posfix
    says "--mta: 'posfix' is none of postfix, sendmail and none; did you mean 'postfix'?"
    stops_with 64 schoolgate setup --yes --dry-run
    says '--dry-run changes and sends nothing; leave out --yes'
    stops_with 64 schoolgate setup --yes me
    says "'me' is one word too many"
    [ ! -e new.conf ]
}

@test "a new school is checked, written for few to read, and observes" {
    made
    says '+mode observe'
    says 'checked 2 rules'
    says "wrote '$PWD/new.conf'"
    is "$(value mode)" observe
    is "$(value name)" 'Hillside School'
    is "$(value reference)" HS
    is "$(stat -c %a new.conf)" 640
    is "$(stat -c %a state state/spool | xargs)" '700 700'
    stops_with 0 schoolgate check -c new.conf
    stops_with 0 schoolgate who -c new.conf kim@students.hillside.example
    says student
}

@test "enforcing takes saying so" {
    fresh
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --mode enforce
    is "$(value mode)" enforce
}

@test "--dry-run shows all of it and leaves nothing behind" {
    fresh
    before=$(find . | sort)
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --dry-run
    says '+    name       Hillside School'
    says 'checked 2 rules'
    says 'install -d -o '
    is "$(find . | sort)" "$before"
}

@test "the same again changes nothing, and keeps no copy" {
    made
    cp new.conf first.conf
    written=$(stat -c '%i %y' new.conf)
    stops_with 0 schoolgate setup -c new.conf --mta none "${hillside[@]}" --yes
    says "Nothing to change in $PWD/new.conf"
    cmp new.conf first.conf
    is "$(stat -c '%i %y' new.conf)" "$written"
    is "$(find . -name '*.before-*')" ''
}

@test "only what is asked about changes; comments stay, and what was there is kept" {
    made
    sed -i 's/^    officer .*/    officer  safe@hillside.example   # Ms Hill, room 4/; s/^record$/# ours\n&/' new.conf
    chmod 604 new.conf
    cp new.conf before.conf
    stops_with 0 schoolgate setup -c new.conf --mta none --officer new@hillside.example --yes
    is "$(diff before.conf new.conf | tail -n +2)" "$(printf '%s\n' \
        '<     officer  safe@hillside.example   # Ms Hill, room 4' --- \
        '>     officer  new@hillside.example   # Ms Hill, room 4')"
    cmp before.conf new.conf.before-*
    is "$(stat -c %a new.conf new.conf.before-* | xargs)" '604 604'
}

@test "a configuration that would not be sound is never written" {
    made
    sed -i 's/hit       Forward/hit       Do not forward/; s/severity  low/severity  lwo/' rules/policy.rules
    cp new.conf before.conf
    stops_with 78 schoolgate setup -c new.conf --mta none --officer new@hillside.example --yes
    says "did you mean 'low'"
    says 'the configuration would not be sound; nothing was changed'
    cmp new.conf before.conf
    is "$(find . -name '*.before-*')" ''
}

@test "answers may come from a pipe; when they end, nothing is changed" {
    fresh
    printf '%s\n' 'Hillside School' '' hillside.example domain 'students.hillside.example' \
        safe@hillside.example >answers
    run bash -c 'schoolgate setup "$@" <answers' - "${here[@]}"
    is "$status" 66
    says 'there was no answer; nothing was changed; with --yes nothing is asked'
    [ ! -e new.conf ]
    # head, postmaster, socket, inside, mode
    printf '%s\n' '' '' '' '' '' >>answers
    run bash -c 'schoolgate setup "$@" <answers' - "${here[@]}"
    is "$status" 66
    says 'Write this? (yes or no) [no]'
    says 'nothing was changed'
    [ ! -e new.conf ]
    # write; no test message
    printf '%s\n' yes no >>answers
    run bash -c 'schoolgate setup "$@" <answers' - "${here[@]}"
    is "$status" 0
    is "$(value postmaster)" postmaster@hillside.example
    is "$(value domain)" hillside.example
}

@test "students are told from staff by what is named, and by nothing else" {
    fresh
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --known-by pattern
    says "--student-domain: people are to be known by pattern, not by this"
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --known-by domains
    says "--known-by: 'domains' is none of domain, pattern, file and directory; did you mean 'domain'?"
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --student-domain hillside.example
    says "'hillside.example' is staff's as well, and does not tell students from them"
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --known-by domain,file
    says 'by options: --people'
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --student-domain none
    says '--student-domain (or '
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --known-by domain
}

# A file as a school's system exports it.
exported()
{
    fresh
    hillside=(--name 'Hillside School' --staff-domain hillside.example --officer safe@hillside.example)
    mkdir exports
    cat >exports/everybody.csv <<'CSV'
Primary Email;Type;Reg Group;Leaves
d.price@hillside.example;Teacher;;
kim@hillside.example;Pupil;Year 9;31/07/2020
lee@hillside.example;Pupil;Year 9;31/07/2099
p.brown@home.example;Carer;;
CSV
}

@test "a file with columns of its own is read by what its columns are said to be" {
    exported
    mapping=(--people exports/everybody.csv --people-address 'primary email' --people-role-column Type
        --people-student Pupil --people-staff Teacher --people-parent Carer --people-groups 'Reg Group'
        --people-until Leaves --people-dates day-first)
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" "${mapping[@]}" --yes
    says '+export people'
    says '+    role-value student  Pupil'
    stops_with 0 schoolgate who -c new.conf lee@hillside.example kim@hillside.example p.brown@home.example         d.price@hillside.example new@hillside.example
    is "$(schoolgate who --json -c new.conf lee@hillside.example kim@hillside.example p.brown@home.example         d.price@hillside.example | jq -r .role | xargs)" 'student former-student parent staff'
    says year-9
    cp new.conf first.conf
    stops_with 0 schoolgate setup -c new.conf --mta none "${hillside[@]}" "${mapping[@]}" --yes
    stops_with 0 schoolgate setup -c new.conf --mta none --yes
    says "Nothing to change in $PWD/new.conf"
    cmp new.conf first.conf
    stops_with 0 schoolgate setup -c new.conf --mta none --yes --people-student Scholar
    is "$(diff first.conf new.conf | grep -c '^[<>]')" 2
    stops_with 64 schoolgate setup -c new.conf --mta none --yes --known-by directory --directory ldaps://x.example
    says "people are known by the block 'export people' as well"
}

@test "of a file with columns of its own it is said which options are missing, and which columns there are" {
    exported
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --people exports/everybody.csv
    says "--people-address (one of 'Primary Email', 'Type', 'Reg Group', 'Leaves')"
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --people exports/everybody.csv         --people-address Email
    says "there is no column 'Email', only 'Primary Email', 'Type', 'Reg Group', 'Leaves'"
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --people exports/everybody.csv         --people-address 'Primary Email'
    says 'by options: --people-role'
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --people exports/everybody.csv         --people-address 'Primary Email' --people-student Pupil
    says '--people-student: it goes with '
    stops_with 64 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --people exports/nobody.csv
    says 'exports/nobody.csv'
    [ ! -e new.conf ]
}

@test "the columns of a file are shown and asked for" {
    exported
    printf '%s\n' 'Hillside School' '' hillside.example file exports/everybody.csv Email 'Primary Email' Type Pupil \
        Teacher none none none none safe@hillside.example '' '' '' '' '' yes no >answers
    run bash -c 'schoolgate setup "$@" <answers' - "${here[@]}"
    is "$status" 0
    says 'The file has: Primary Email, Type, Reg Group, Leaves'
    says "there is no column 'Email', only"
    says_not "students' addresses"
    is "$(schoolgate who --json -c new.conf lee@hillside.example | jq -r .role)" student
}

@test "what is typed is text, and nothing runs it" {
    fresh
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --yes --reference XY \
        --name "\$(touch ran) \`touch ran\`; touch ran | 'x' \"y\""
    is "$(value name)" "\$(touch ran) \`touch ran\`; touch ran | 'x' \"y\""
    [ ! -e ran ]
    stops_with 64 schoolgate setup -c new.conf --mta none --yes --name $'x\nmode enforce'
    is "$(value mode)" observe
}

@test "without rules or a sample it says what to name" {
    unset SCHOOLGATE_CONF
    mkdir empty
    stops_with 66 schoolgate setup -c empty/new.conf --rules empty --yes
    says "there are no rules in '$PWD/empty'"
}

@test "a file that cannot be read or written is left alone and named" {
    fresh
    mkdir new.conf
    stops_with 66 schoolgate setup "${here[@]}" "${hillside[@]}" --yes
    says 'new.conf'
    rmdir new.conf
    touch plain
    stops_with 66 schoolgate setup "${here[@]}" "${hillside[@]}" --yes -c plain/new.conf
    says "$PWD/plain"
    rm new.conf 2>/dev/null || true
    truncate -s 20G new.conf
    stops_with 66 schoolgate setup "${here[@]}" "${hillside[@]}" --yes
    says 'too large to be a configuration'
}

@test "in a folder that is read-only for everybody it is told before the first question" {
    fresh
    mkdir fixed
    mount -t tmpfs -o ro none fixed
    run bash -c 'schoolgate setup "$@" </dev/null' - "${here[@]}" -c fixed/new.conf
    umount fixed
    is "$status" 77
    says "cannot write to '$PWD/fixed': Read-only file system"
    says_not "The school's name"
}

@test "who may not write there is told before the first question" {
    fresh
    chmod 755 . rules && chmod 644 rules/*
    sudo=(setpriv --reuid nobody --regid nogroup --clear-groups)
    stops_with 77 "${sudo[@]}" "$BUILD/schoolgate" setup -c /etc/schoolgate-not-there/new.conf --rules rules
    says "cannot write to '/etc': Permission denied; run setup as root"
    says_not "The school's name"
}

@test "for Sendmail the lines for its .mc file are shown, and when they are there that is said" {
    fresh
    printf '%s\n' '# a sendmail.cf' 'V10/Berkeley' 'DZ8.17.1' >sendmail.cf
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --mta sendmail --sendmail-cf "$PWD/sendmail.cf" --dry-run
    says "INPUT_MAIL_FILTER(\`schoolgate', \`S=local:/run/schoolgate/milter.sock, F=T,"
    says 'F=T is what makes mail wait'
    printf '%s\n' 'O InputMailFilters=schoolgate' \
        'Xschoolgate, S=unix:/run/schoolgate/milter.sock, F=T, T=C:30s;S:30s;R:30s;E:5m' >>sendmail.cf
    stops_with 0 schoolgate setup "${here[@]}" "${hillside[@]}" --mta sendmail --sendmail-cf "$PWD/sendmail.cf" --dry-run
    says "Sendmail asks schoolgate already: nothing to change in $PWD/sendmail.cf"
}

@test "where no mail server answers, the test says so and changes nothing more" {
    made
    stops_with 69 schoolgate setup -c new.conf --mta none --send-with 'smtp 127.0.0.1:1' --yes --test
    says 'a harmless one: not sent: no mail server answers'
    says "is it running, and is 'send-with' in"
}
