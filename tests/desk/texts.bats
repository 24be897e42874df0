#!/usr/bin/env bats
# schoolgate texts: which letters there are, whose words each has, and what check says of them.

bats_require_minimum_version 1.5.0
load support

# A school's own texts are in the folder texts.
own_texts()
{
    printf '\ncourier\n    texts  texts\n' >>school.conf
    mkdir texts
}

@test "every letter is listed, with whose words it has" {
    own_texts
    printf 'Subject: Aros\n\n{reference} {contact}\n' >texts/held.txt
    stops_with 0 schoolgate texts
    is "$(awk 'NR > 1' <<<"$output" | wc -l)" \
        "$(find "$BATS_TEST_DIRNAME/../../rules/texts" -name '*.txt' | wc -l)"
    is "$(awk '$1 == "held" {print $2}' <<<"$output")" own
    is "$(awk '$1 == "released" {print $2}' <<<"$output")" built-in
    says "$PWD/texts/held.txt"
}

@test "a letter is shown as it would look, plain and as HTML" {
    stops_with 0 schoolgate texts held
    says 'Subject: Your message is waiting (KM-7F3Q-2)'
    says 'Please ask the office, and give this'
    stops_with 0 schoolgate texts --html held
    says '<p>Your message is waiting.'
    stops_with 64 schoolgate texts hold
    says "did you mean 'held'?"
    stops_with 64 schoolgate texts --html
    stops_with 64 schoolgate texts held released
}

@test "a school's own words are shown instead" {
    own_texts
    printf 'Subject: Aros\n\nCyfeirnod {reference}\n' >texts/held.txt
    run --separate-stderr schoolgate texts held
    [ "$status" -eq 0 ]
    is "$output" $'Subject: Aros\n\nCyfeirnod KM-7F3Q-2'
}

@test "a broken text is named with its place, and the built-in words stand in" {
    own_texts
    printf 'Subject: Aros\n\n{refrence}\n' >texts/held.txt
    run --separate-stderr schoolgate texts held
    [ "$status" -eq 78 ]
    [[ $output == 'Subject: Your message is waiting'* ]]
    [[ $stderr == *"texts/held.txt:3:1: error: this text knows no place {refrence}; did you mean {reference}?"* ]]
    stops_with 78 schoolgate texts
    is "$(awk '$1 == "held" && $2 == "broken"' <<<"$output" | wc -l)" 1
}

@test "check finds broken texts, what is missing in them, and files that are no letter's" {
    own_texts
    stops_with 0 schoolgate check
    printf 'Subject: Aros\n\n{contact}\n' >texts/held.txt
    printf 'Subject: Aros\n\n{reference}\n' >texts/relased.txt
    stops_with 0 schoolgate check
    says 'texts/held.txt: warning: {reference} stands nowhere in the text'
    says "texts/relased.txt: warning: no letter has this name; did you mean 'released.txt'?"
    printf 'Aros\n\n{contact}\n' >texts/held.txt
    stops_with 78 schoolgate check
    says "texts/held.txt:1:1: error: the first line is the subject"
}

@test "check says when the folder of texts is not there" {
    printf '\ncourier\n    texts  nowhere\n' >>school.conf
    stops_with 78 schoolgate check
    says 'the folder of texts cannot be read'
}

@test "shipped texts are what is built in" {
    printf '\ncourier\n    texts  %s\n' "$BATS_TEST_DIRNAME/../../rules/texts" >own.conf
    cat school.conf own.conf >both.conf
    for letter in $(schoolgate texts | awk 'NR > 1 {print $1}'); do
        is "$(schoolgate texts -c both.conf "$letter")" "$(schoolgate texts "$letter")"
    done
}

@test "lines of the texts are short, and no text blames anybody" {
    cd "$BATS_TEST_DIRNAME/../../rules/texts"
    is "$(awk 'length > 100 {print FILENAME ": " $0}' *.txt)" ''
    is "$(grep -ilE 'violat|breach|offen[cs]e|guilty|forbidden|inappropriate|misconduct' *.txt)" ''
}

@test "no letter of ours is taken for a breach by the shipped rules" {
    rules=$BATS_TEST_DIRNAME/../../rules
    for letter in "$BATS_TEST_DIRNAME"/../golden/*.txt; do
        [[ $letter != *html* ]] || continue
        # The words of the sample's own rule, and what it saw, are the sender's.
        { printf 'From: <online-safety@kingsmead.example>\nTo: <head@kingsmead.example>\n'
          grep -v 'bad luck' "$letter"; } >letter.eml
        is "$(schoolgate scan -c "$rules/schoolgate.conf" --json --from online-safety@kingsmead.example \
            --to someone@home.example letter.eml | jq -r '"\(.action) \(.findings | map(.rule) | join(","))"')" 'pass '
    done
}
