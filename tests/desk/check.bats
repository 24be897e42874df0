#!/usr/bin/env bats
# schoolgate check: what it runs, and what it says of it.

bats_require_minimum_version 1.5.0
load support

# An attachment that only the helper can look into: an archive with a letter in it, beside the rules.
packed_letter()
{
    mkdir -p examples
    printf 'A miracle on Friday.\n' >letter.txt
    tar -czf letter.tgz letter.txt
    {
        cat <<'MAIL'
From: Somebody Else <else@elsewhere.example>
Subject: a letter
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=part

--part
Content-Type: text/plain

Read what is attached.
--part
Content-Type: application/gzip
Content-Disposition: attachment; filename=letter.tgz
Content-Transfer-Encoding: base64

MAIL
        base64 letter.tgz
        echo '--part--'
    } >examples/letter.eml
}

# with_example LINE: a rule about miracles in attachments, with that example.
with_example()
{
    cat >>policy.rules <<RULE

rule miracles
    clause    2.6
    title     A miracle
    from      staff
    to        student
    look-in   body, attachments
    match     /\bmiracle\b/
    size over 1
    $1
RULE
}

@test "an example may be a message in a file, and its attachments are read" {
    packed_letter
    with_example 'hit       [file examples/letter.eml]'
    stops_with 0 schoolgate check
    is "$output" 'checked 3 rules, 5 examples, 0 warnings'
}

@test "it is found beside its rules, from wherever check is called" {
    packed_letter
    with_example 'miss      [file examples/letter.eml; to parent]'
    cd /
    stops_with 0 schoolgate check
    says '5 examples, 0 warnings'
}

@test "an example in a file that comes out otherwise is named, with what was not there" {
    packed_letter
    with_example 'miss      [file examples/letter.eml]'
    stops_with 78 schoolgate check
    says "policy.rules:46:15: error: rule 'miracles' should let pass the example letter.eml"
    rm examples/letter.eml
    stops_with 78 schoolgate check
    says "policy.rules:46:15: error: cannot open"
    says 'examples/letter.eml'
}

@test "warnings leave the exit code alone" {
    with_example 'hit       A Miracle.'
    sed -i 's/miracle.b/Miracle/; s/hit       A Miracle/miss      A Miracle/' policy.rules
    stops_with 0 schoolgate check
    says 'warning: folded text has no capitals'
}
