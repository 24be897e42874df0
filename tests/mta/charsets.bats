# Mail in character sets for which the C library loads a module when it first meets one: the gate is
# confined by then, and must read them all the same.

load support

setup_file()
{
    host_create || return 1
    cat >>"$HOST/policy.rules" <<'END'

rule words-in-disguise
    clause    2.6
    title     Words in disguise
    from      staff
    signal 1  words  /\bplease stop it\b/
    need      1 points
    action    reject
END
    gate_start "$HOST" && postfix_start "$HOST" || return 1
    export POSTFIX_PORT SINK_PORT
}

teardown_file() { host_stop; }

# write_message CHARSET WORDS: into $HOST/CHARSET.eml
write_message()
{
    printf '%s\n' 'From: d.price@kingsmead.example' 'To: s.brown@home.example' 'Subject: words' \
        'MIME-Version: 1.0' "Content-Type: text/plain; charset=$1" \
        'Content-Transfer-Encoding: base64' '' >"$HOST/$1.eml"
    printf '%s\n' "$2" | iconv -f UTF-8 -t "$1" | base64 >>"$HOST/$1.eml"
}

# refused_in WORDS CHARSET...: by the gate, and by what judges without being confined.
refused_in()
{
    local words=$1 charset
    shift
    for charset in "$@"; do
        write_message "$charset" "$words"
        grep -q 'rule words-in-disguise' \
            <("$BUILD/schoolgate" scan -c "$HOST/schoolgate.conf" "$HOST/$charset.eml" 2>&1) ||
            { echo "$charset: not read by scan"; return 1; }
        if mail "$charset" --data "@$HOST/$charset.eml"; then
            echo "$charset: not read by the gate"
            return 1
        fi
        grep -q 'Not sent: Words in disguise' "$HOST/$charset.smtp"
    done
}

@test "plain words are read from character sets that have no ASCII in them" {
    refused_in 'please stop it' UTF-16 UTF-16LE UTF-32 UTF-7 IBM037 IBM1047
}

@test "Cyrillic and Greek letters that look like others are read in every older character set" {
    refused_in 'plеаsе stоp it' KOI8-R KOI8-U WINDOWS-1251 ISO-8859-5 IBM866 MAC-CYRILLIC
    refused_in 'please stοp it' ISO-8859-7 WINDOWS-1253
}

@test "wide letters are read in every older character set of the East" {
    refused_in 'ｐｌｅａｓｅ ｓｔｏｐ it' ISO-2022-JP SHIFT_JIS EUC-JP GB2312 GBK GB18030 BIG5 EUC-KR \
        ISO-2022-KR
}
