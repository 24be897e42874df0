#!/usr/bin/env bats
# setup of a school that knows its people by a directory alone, beside a real OpenLDAP server: by
# options and by questions, with what it finds and with what fails. No mail server is needed.

load support
load slapd

PEOPLE=200

setup_file()
{
    HOST=$(new_host directory)
    export HOST
    mkdir "$HOST/rules"
    cp -r "$REPO"/rules/{schoolgate.conf,00-*.rules,26-chain-letters.rules,lists,examples} "$HOST/rules"
    slapd_create "$HOST" "$PEOPLE" && slapd_start "$HOST"
}

teardown_file()
{
    slapd_stop "$HOST"
    rm -rf "$HOST"
}

# Each test has a folder of its own, which root alone may write to.
setup()
{
    cd "$BATS_TEST_TMPDIR" || return 1
    PATH=$BUILD:$PATH
    unset SCHOOLGATE_CONF
    here=(-c "$PWD/new.conf" --rules "$HOST/rules" --mta none --state "$PWD/state" --user nobody
        --time-zone Europe/London)
    hillside=(--name 'Kingsmead School' --staff-domain kingsmead.example --officer safe@kingsmead.example)
    asking=(--directory "ldaps://127.0.0.1:$LDAPS_PORT" --directory-ca-file "$HOST/ldap/authority.pem"
        --directory-base "$LDAP_BASE" --directory-bind-as "$LDAP_ADMIN" --directory-password-file secret)
    whom=(--directory-students "cn=pupils,ou=groups,$LDAP_BASE" --directory-staff "ou=staff,$LDAP_BASE")
}

password_file()
{
    echo "${1-$LDAP_PASSWORD}" >secret
    chmod 640 secret
}

set_up() { run schoolgate setup "${here[@]}" "${hillside[@]}" "$@"; }

# interview ANSWER...: what is asked behind the options.
interview()
{
    printf '%s\n' "$@" >answers
    run bash -c 'schoolgate setup "$@" <answers' - "${here[@]}" "${hillside[@]}" --head none \
        --postmaster it@kingsmead.example --socket unix:/run/schoolgate/milter.sock --inside 127.0.0.1 --mode observe \
        --reference KM
}

ends() { equal 'exit code' "$1" "$status" || { echo "$output" >&2; return 1; }; }

says() { [[ $output == *"$1"* ]] || { printf 'not said: %s\n%s\n' "$1" "$output" >&2; return 1; }; }

says_not() { [[ $output != *"$1"* ]] || { printf 'said: %s\n%s\n' "$1" "$output" >&2; return 1; }; }

# Nothing was written, but for what the test itself has.
nothing_is_there() { equal 'files' "$*" "$(find . -mindepth 1 -printf '%P\n' | sort | xargs)"; }

knows() # ADDRESS ROLE: by the configuration, once the directory has been asked.
{
    equal "$1" "$2" "$(schoolgate who -c new.conf --json "$1" | jq -r .role)"
}

@test "by options: the directory is tried, its people are counted, and they are known by what was written" {
    password_file
    set_up "${asking[@]}" "${whom[@]}" --yes --test-directory
    ends 0
    says '+directory school'
    says "+    role student   cn=pupils,ou=groups,$LDAP_BASE"
    says "+    role staff     (objectClass=person)  below ou=staff,$LDAP_BASE"
    says 'role student: '
    says 'role staff: 9 people' # the tenth is among the pupils as well
    says_not "$LDAP_PASSWORD"
    says 'until the directory has been asked once, mail waits'
    schoolgate check -c new.conf
    schoolgate directory -c new.conf school --refresh
    knows s2@students.kingsmead.example student
    knows t40@kingsmead.example staff
    cp new.conf first.conf
    run schoolgate setup -c new.conf --mta none --yes
    ends 0
    says 'Nothing to change in'
    cmp new.conf first.conf
    equal 'the password' 0 "$(grep -rlF -- "$LDAP_PASSWORD" . | grep -vcx ./secret)"
}

@test "by StartTLS, and by a filter" {
    password_file
    set_up "${asking[@]}" --directory "ldap://127.0.0.1:$LDAP_PORT" --yes --test-directory \
        --directory-students "(&(objectClass=person)(uid=s*))" --directory-parents none
    ends 0
    says '+    start-tls'
    says 'role student: 190 people'
    schoolgate directory -c new.conf school --test
    # Encrypted from the start it is not wanted.
    run schoolgate setup -c new.conf --mta none --yes --directory "ldaps://127.0.0.1:$LDAPS_PORT" --test-directory
    ends 0
    fails grep -q start-tls new.conf
    schoolgate directory -c new.conf school --test
}

@test "over a network that is not this machine's nothing goes in clear text" {
    password_file
    set_up "${asking[@]}" "${whom[@]}" --directory ldap://dc1.kingsmead.example --directory-start-tls no --yes
    ends 64
    says "--directory-start-tls: 'ldap://dc1.kingsmead.example' is not encrypted"
    nothing_is_there secret
}

@test "every option that is missing is named" {
    set_up --directory ldaps://dc1.kingsmead.example --yes
    ends 64
    says 'by options: --directory-base, --directory-students'
    set_up --directory ldaps://dc1.kingsmead.example --yes --directory-bind-as cn=x
    says 'by options: --directory-base, --directory-password-file, --directory-students'
    set_up --directory-base "$LDAP_BASE" --yes
    ends 64
    says '--directory-base: it goes with --directory'
    nothing_is_there
}

@test "what makes no sense is named with what would" {
    password_file
    set_up "${asking[@]}" "${whom[@]}" --yes --directory dc1.kingsmead.example
    says "write 'ldaps://dc1.kingsmead.example'"
    set_up "${asking[@]}" "${whom[@]}" --yes --directory-students '(uid=s*'
    says 'is no filter'
    set_up "${asking[@]}" "${whom[@]}" --yes --directory-students pupils
    says "'pupils' is neither a filter in parentheses nor a group's DN"
    set_up "${asking[@]}" "${whom[@]}" --yes --directory-ca-file nowhere.pem
    says "--directory-ca-file: there is no file '$PWD/nowhere.pem'"
    nothing_is_there secret
}

@test "without anybody to ask, the file of the password must be there, and be for few to read" {
    set_up "${asking[@]}" "${whom[@]}" --yes
    ends 64
    says "--directory-password-file: there is no file '$PWD/secret'; make it"
    password_file
    chmod 644 secret
    set_up "${asking[@]}" "${whom[@]}" --yes
    ends 64
    says "chmod o= $PWD/secret"
    nothing_is_there secret
}

@test "what fails is said with its cure, and then nothing is written" {
    password_file wrong-guess
    set_up "${asking[@]}" "${whom[@]}" --yes --test-directory
    ends 69
    says 'Invalid credentials'
    says 'what to do: look whether '
    says 'nothing was changed'
    password_file
    set_up "${asking[@]}" "${whom[@]}" --yes --test-directory --directory ldaps://127.0.0.1:1
    ends 69
    says 'firewall'
    set_up "${asking[@]}" "${whom[@]}" --yes --test-directory --directory-ca-file none
    ends 69
    says "'ca-file'"
    set_up "${asking[@]}" "${whom[@]}" --yes --test-directory --directory-staff "cn=nobody,$LDAP_BASE"
    ends 69
    says 'nobody is found to be staff'
    set_up "${asking[@]}" "${whom[@]}" --dry-run --test-directory --directory-base dc=elsewhere \
        --directory-students '(uid=s*)'
    ends 69
    says 'namingContexts'
    nothing_is_there secret
}

@test "asked step by step, the password is taken for a file that schoolgate alone reads" {
    interview directory "ldaps://127.0.0.1:$LDAPS_PORT" "$HOST/ldap/authority.pem" '' "$LDAP_ADMIN" secret \
        "$LDAP_PASSWORD" '(uid=s*)' none none yes yes no
    ends 0
    says "[dc=kingsmead,dc=example]"
    says "'$PWD/secret' is not there yet, and is made"
    says 'role student: 190 people'
    says_not "$LDAP_PASSWORD"
    equal 'the file' "root nogroup 640 $LDAP_PASSWORD" "$(stat -c '%U %G %a' secret) $(cat secret)"
    equal 'files that have the password' ./answers$'\n'./secret "$(grep -rlF -- "$LDAP_PASSWORD" . | sort)"
    schoolgate directory -c new.conf school --test
}

@test "a wrong password is explained, and all about the directory can be answered again" {
    interview directory "ldaps://127.0.0.1:$LDAPS_PORT" "$HOST/ldap/authority.pem" '' "$LDAP_ADMIN" secret \
        wrong-guess '(uid=s*)' none none yes '' \
        '' '' '' '' '' "$LDAP_PASSWORD" '' '' '' yes yes no
    ends 0
    says 'Invalid credentials'
    says 'Answer the questions about the directory again? (yes or no) [yes]'
    says "[$LDAP_ADMIN]"
    says 'role student: 190 people'
    equal 'the file' "$LDAP_PASSWORD" "$(cat secret)"
}

@test "answers that end in the middle leave nothing behind, whatever was typed" {
    interview directory "ldaps://127.0.0.1:$LDAPS_PORT" "$HOST/ldap/authority.pem" '' "$LDAP_ADMIN" secret \
        "$LDAP_PASSWORD" '(uid=s*)' none none yes
    ends 66
    says 'role student: 190 people'
    says 'nothing was changed'
    nothing_is_there answers
    interview directory "ldaps://127.0.0.1:$LDAPS_PORT" "$HOST/ldap/authority.pem" '' "$LDAP_ADMIN" secret
    ends 66
    nothing_is_there answers
}

@test "a block that was written by hand keeps its name and all that is not asked about" {
    password_file
    set_up "${asking[@]}" "${whom[@]}" --yes
    sed -i "s/^directory school/directory kingsmead   # ours/; s/^    base .*/&\n    lists          (\&(objectClass=groupOfNames)(mail=*))\n    role student   (uid=s1*)/" new.conf
    cp new.conf before.conf
    run schoolgate setup -c new.conf --mta none --yes --directory-students '(uid=s*)' --test-directory
    ends 0
    says 'kingsmead: '
    equal 'what differs' '<     role student   (uid=s1*)|>     role student   (uid=s*)' \
        "$(diff before.conf new.conf | grep '^[<>]' | paste -sd'|')"
    run schoolgate setup -c new.conf --mta none --yes --known-by domain --student-domain students.kingsmead.example
    ends 64
    says "people are known by the block 'directory kingsmead' as well"
}

@test "Enter at every question of a configuration that is there changes nothing" {
    password_file
    set_up "${asking[@]}" "${whom[@]}" --yes
    cp new.conf before.conf
    run bash -c 'yes "" | head -60 | schoolgate setup -c new.conf --mta none'
    ends 0
    says "[directory]"
    says 'role staff: 9 people'
    says 'Nothing to change in'
    cmp new.conf before.conf
    fails ls new.conf.before-*
}

@test "where there is no folder yet, the password's file is made beside the configuration" {
    here[1]=$PWD/deep/new.conf
    interview directory "ldaps://127.0.0.1:$LDAPS_PORT" "$HOST/ldap/authority.pem" '' "$LDAP_ADMIN" secret \
        "$LDAP_PASSWORD" '(uid=s*)' none none no yes no
    ends 0
    equal 'who may read it' '640 640' "$(stat -c %a deep/secret deep/new.conf | xargs)"
}

@test "a configuration that cannot be written takes the password's file with it" {
    mkdir full && mount -t tmpfs -o nr_inodes=2 none full # one for the folder, one for a file
    here[1]=$PWD/full/new.conf
    interview directory "ldaps://127.0.0.1:$LDAPS_PORT" "$HOST/ldap/authority.pem" '' "$LDAP_ADMIN" secret \
        "$LDAP_PASSWORD" '(uid=s*)' none none no yes no
    left=$(ls -A full)
    umount full
    ends 73
    says 'No space left on device'
    equal 'what is left' '' "$left"
}
