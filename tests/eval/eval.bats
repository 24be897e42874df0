#!/usr/bin/env bats
# The measuring program: what it makes of a small corpus whose figures are known beforehand.

bats_require_minimum_version 1.5.0
load ../desk/support

# Fourteen messages at Kingsmead, of which two rules catch some.
setup_file()
{
    export EVAL_LABELS=$BATS_FILE_TMPDIR/labels.conf
    cat >"$EVAL_LABELS" <<'KEY'
clause 2.6
label chain       chain-*
label commercial  commercial*
label political   political*
together any  chain commercial political
assume bulk commercial
ordinary notes
hard talk
goal chain 70
goal ordinary 2
KEY
}

# put FILE LABELS [CLASS [FROM [TO]]] <BODY: adds a message to the corpus.
put()
{
    mkdir -p "corpus/${1%/*}"
    { printf '%s\n' 'From: someone@elsewhere.example' 'To: all@elsewhere.example' 'Subject: a letter' ''
      cat; } >"corpus/$1"
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "${3:-}" "${4:-}" "${5:-}" >>corpus/labels.tsv
}

make_corpus()
{
    mkdir -p corpus
    printf 'file\tlabels\tclass\tfrom\tto\n' >corpus/labels.tsv
    local chain='Forward this to ten friends tonight or have bad luck.'
    local sale='Buy now, while the offer lasts.'
    put chain/1.eml chain <<<"$chain"
    put chain/2.eml chain,commercial? <<<"$chain"
    put chain/3.eml chain,commercial <<<"$chain $sale"
    put chain/4.eml chain <<<'Forward this to ten friends tonight.'
    put chain/5.eml 'chain?' <<<'Forward this to ten friends tonight.'
    put chain/6.eml chain,quoted <<<"$chain"
    put sales/1.eml commercial <<<"$sale"
    put sales/2.eml commercial <<<"$chain"
    put notes/1.eml none <<<'See you on Friday.'
    put notes/2.eml none <<<"Mrs Khan asked what to do with this one: $sale"
    put notes/3.eml - <<<'The hall is free at nine.'
    put extra/1.eml - talk <<<'Is it bad luck to walk under the scaffolding?'
    put extra/2.eml none talk <<<"Assembly is about letters that say: $chain"
    put bulk/1.eml - <<<"$sale"
}

setup()
{
    [ -x "$BUILD/eval/eval" ] || return 1
    cd "$BATS_TEST_TMPDIR" || return 1
    make_school
    cat >policy.rules <<'RULES'
policy social-media
    title    Social Networking and Media Policy
    version  June 2020
    clause 2.6  Chain letters, spam and solicitations

rule chain-letter
    clause   2.6
    title    Chain letter
    from     staff
    signal 4 pass-on /forward this to/
    signal 3 luck    /bad luck/
    need     6 points from 2 signals
    action   reject
    explain  This looks like a chain letter.
    hit      Forward this to ten friends or have bad luck.
    miss     Forward this to the office.

rule commercial
    clause   2.6
    title    Advertisement
    from     staff
    match    /buy now/
    except   to student
    mode     observe
    action   notify sender
    explain  This looks like an advertisement.
    hit      Buy now.
    miss     Bye now.

rule note-letters
    clause   2.6
    title    A letter
    from     staff
    match    /friday/
    action   log
    explain  This looks like a letter.
    hit      Friday.
    miss     Monday.
RULES
}

measure()
{
    "$BUILD/eval/eval" --config school.conf --labels "$EVAL_LABELS" "$@" corpus
}

# row NAME: the line of the output that begins with it, single-spaced.
row()
{
    grep -E "^ *$1 " <<<"$output" | head -1 | tr -s ' ' | sed 's/^ //; s/ $//'
}

@test "what is caught is counted for each label by firm labels only, with Wilson's interval" {
    make_corpus
    stops_with 0 measure
    says "14 messages, from staff to staff"
    # 1, 2, 3 of 1, 2, 3, 4: the ? and the quoted one are left out
    is "$(row chain)" "chain 4 3 75.0 ( 30.1 - 95.4) 3 75.0 ( 30.1 - 95.4) at least 70: met"
    is "$(row commercial)" "commercial 3 2 66.7 ( 20.8 - 93.9) 3 100.0 ( 43.9 - 100.0)"
    is "$(row political)" "political 0 - -"
    is "$(row any)" "any 6 5 83.3 ( 43.6 - 97.0) 5 83.3 ( 43.6 - 97.0)"
    is "$(row bulk/commercial)" "bulk/commercial 1 1 100.0 ( 20.7 - 100.0) 1 100.0 ( 20.7 - 100.0)"
}

@test "what is caught rightly is counted against other labels and none; whole nothing has no share" {
    make_corpus
    stops_with 0 measure
    output=${output#*Right:}
    # right: chain/1-3; other: sales/2; none: extra/2
    is "$(row chain)" "chain 1 1 0 3 60.0 ( 23.1 - 88.2)"
    # right: chain/3, sales/1; none: notes/2; unread: bulk/1
    is "$(row commercial)" "commercial 0 1 1 2 66.7 ( 20.8 - 93.9)"
    is "$(row political)" "political 0 0 0 -"
}

@test "false alarms are counted per thousand, by any rule above log, even one that only observes" {
    make_corpus
    stops_with 0 measure
    is "$(row 'ordinary, read: none')" \
        "ordinary, read: none 2 1 500.0 ( 94.5 - 905.5) at most 2: MISSED"
    is "$(row 'hard: talk about such things')" \
        "hard: talk about such things 2 1 500.0 ( 94.5 - 905.5)"
    is "$(row 'unread, presumed ordinary')" "unread, presumed ordinary 1 0 0.0 ( 0.0 - 793.5)"
}

@test "the noisiest rules are listed with their hits; a rule that only logs makes no noise" {
    make_corpus
    stops_with 0 measure
    output=${output#*Noisiest}
    is "$(row chain-letter)" "chain-letter 6 0 1 1 0 3 60.0 ( 23.1 - 88.2)"
    is "$(row commercial)" "commercial 4 0 0 1 1 2 66.7 ( 20.8 - 93.9)"
    says_not note-letters
}

@test "every miss tells how near the nearest rule came, every false alarm what was seen" {
    make_corpus
    stops_with 0 measure --report report.txt
    output=$(<report.txt)
    says $'chain/4.eml  [chain]\n  missed: chain\n  nearest was chain-letter: 4 of 6 points, 1 of 2 signals
    +4 pass-on in body: [Forward this to] ten friends tonight.'
    says $'sales/2.eml  [commercial]\n  missed: commercial\n  nearest was commercial'
    says "does not hold: "
    says $'notes/2.eml  [none]\n  commercial: notify, 0 points\n    +0 match in body: '
    says "[Buy now], while the offer lasts."
    says $'extra/2.eml  [none]\n  chain-letter: reject, 7 points'
    says_not chain/5.eml
    says_not chain/6.eml
}

@test "a corpus may say who wrote to whom, by role or by address" {
    make_corpus
    put lists/1.eml commercial '' d.price@kingsmead.example student <<<'Buy now.'
    put lists/2.eml chain '' student staff <<<'Forward this to ten friends tonight or have bad luck.'
    stops_with 0 measure --report report.txt
    says "from staff to staff unless the corpus says otherwise"
    output=$(<report.txt)
    says $'lists/1.eml  [commercial]\n  missed: commercial\n  nearest was commercial: 0 of 0 points; excepted: '
    says $'lists/2.eml  [chain]\n  missed: chain\n  nearest was chain-letter: 7 of 6 points; does not hold: '
}

@test "who writes to whom is an option for all, and must be a role or an address" {
    make_corpus
    stops_with 0 measure --from student
    is "$(row chain)" "chain 4 0 0.0 ( 0.0 - 49.0) 0 0.0 ( 0.0 - 49.0) at least 70: MISSED"
    stops_with 65 measure --to 'staff,stdent'
    says "'stdent' is no role and no address"
    stops_with 65 measure --from 'staff,student'
    says "a message is from one person"
    put lists/1.eml none '' nobody <<<'Hello.'
    stops_with 65 measure
    says "corpus/labels.tsv:16: error: 'nobody' is no role and no address"
}

@test "line ends of another system, and columns in another order, read the same" {
    make_corpus
    stops_with 0 measure --outcomes one.tsv
    awk -F'\t' -v OFS='\t' '{ print $2, "x", $1, $5, $4, $3 "\r" }' corpus/labels.tsv >turned.tsv
    mv turned.tsv corpus/labels.tsv
    stops_with 0 measure --outcomes two.tsv
    cmp one.tsv two.tsv
}

@test "a second run lists what has changed, for better or worse" {
    make_corpus
    stops_with 0 measure --outcomes one.tsv
    sed -i 's/bad luck/tonight/' policy.rules
    stops_with 0 measure --outcomes two.tsv --compare one.tsv
    says "Since the earlier run: 2 messages differ"
    says "better  chain/4.eml  [chain]  -, now chain-letter"
    sed -i 's/buy now/see you/' policy.rules
    stops_with 0 measure --compare two.tsv
    says "WORSE   sales/1.eml  [commercial]  commercial, now -"
    says "better  notes/2.eml  [none]  commercial, now -"
    says "WORSE   notes/1.eml  [none]  -, now commercial"
    says "changed bulk/1.eml  [-]  commercial, now -"
}

@test "as many threads as you like come to the same" {
    make_corpus
    stops_with 0 measure --threads 1 --outcomes one.tsv --report one.txt
    stops_with 0 measure --threads 8 --outcomes eight.tsv --report eight.txt
    cmp one.tsv eight.tsv
    cmp one.txt eight.txt
}

@test "a file that is not there, and a label that nobody knows, are errors with their line" {
    make_corpus
    printf 'chain/99.eml\tchain\t\t\t\nchain/1.eml\tchian\t\t\t\nchain/2.eml\n' >>corpus/labels.tsv
    stops_with 65 measure
    says "corpus/labels.tsv:16: error: there is no file 'chain/99.eml' in 'corpus'"
    says "corpus/labels.tsv:17: error: this file has been named before"
    says "corpus/labels.tsv:17: error: no label 'chian'; did you mean 'chain'? (there are: chain, commercial, political, none, quoted)"
    says "corpus/labels.tsv:18: error: this line has no labels"
}

@test "none beside a label, and a table without headings or messages, are errors" {
    make_corpus
    put notes/9.eml none,chain <<<'Hello.'
    stops_with 65 measure
    says "labels.tsv:16: error: 'none' stands beside other labels"
    printf 'chain/1.eml\tchain\n' >corpus/labels.tsv
    stops_with 65 measure
    says "labels.tsv:1: error: the first line must name the columns"
    printf 'file\tlabels\n' >corpus/labels.tsv
    stops_with 65 measure
    says "it names no message"
    rm corpus/labels.tsv
    stops_with 65 measure
    says "No such file"
}

@test "what labels.conf does not make sense of is an error with its line" {
    make_corpus
    EVAL_LABELS=wrong.conf
    printf '%s\n' 'label chain chain-*' 'lable x' 'together both chain nothing' 'goal chain much' \
        'label chain chain-*' >wrong.conf
    stops_with 65 measure
    says "wrong.conf:2: error: no entry 'lable'"
    says "wrong.conf:3: error: no label 'nothing' has been named above"
    says "wrong.conf:4: error: the goal of 'chain' is no number"
    says "wrong.conf:5: error: label 'chain' comes too late"
}

@test "make eval needs a corpus, and says so" {
    stops_with 2 make -s -C "$BATS_TEST_DIRNAME/../.." eval CORPUS=
    says "make eval CORPUS=FOLDER"
}
