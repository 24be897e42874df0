# The same words sent again and again through schoolgated, which remembers for the rules that ask.
# miltertest plays the mail server, as in milter.bats.

load support

setup_file()
{
    HOST=$(new_host repetition)
    export HOST
    chmod 755 "$HOST"
    gate_create "$HOST"
    chown nobody "$HOST/gate"
    cp -r "$BATS_TEST_DIRNAME/school/." "$HOST"
    cat >>"$HOST/policy.rules" <<'END'

rule sent-to-many
    clause    2.6
    title     The same words to many people
    from      staff
    repeated over 4 within 30m
    action    reject
    explain   The same words have gone to many people.
END
    gate_start "$HOST"
}

teardown_file()
{
    gate_stop "$HOST"
    rm -rf "$HOST"
}

# sent QUEUE SENDER WORDS [COUNT]: sends them to two people, or so many; prints the answer.
sent()
{
    local script=$BATS_TEST_TMPDIR/play
    { cat "$BATS_TEST_DIRNAME/milter.lua"
      cat <<'LUA'
connect()
people = {}
for i = 1, tonumber(COUNT) do people[i] = "<r" .. i .. "@home.example>" end
envelope(QUEUE, SENDER, (table.unpack or unpack)(people))
done("id", mt.header(conn, "Message-ID", "<" .. QUEUE .. "@kingsmead.example>"))
print(letter(WORDS))
mt.disconnect(conn)
LUA
    } >"$script"
    miltertest -D "SOCKET=unix:$HOST/gate/milter.sock" -D "HOST=$HOST" -D "QUEUE=$1" \
        -D "SENDER=$2" -D "WORDS=$3" -D "COUNT=${4:-2}" -s "$script" 3>&-
}

SALE='There is a sale of lovely things in the hall on Friday after school.'

@test "the third message of the same words is one too many, other words and senders are not" {
    equal 'first' accept "$(sent Q1 '<d.price@kingsmead.example>' "$SALE")"
    equal 'second' accept "$(sent Q2 '<d.price@kingsmead.example>' "$SALE")"
    equal 'other words' accept "$(sent Q3 '<d.price@kingsmead.example>' "$SALE Or Monday.")"
    equal 'other sender' accept "$(sent Q4 '<r.clarke@kingsmead.example>' "$SALE")"
    equal 'third' reply "$(sent Q5 '<d.price@kingsmead.example>' "$SALE")"
}

@test "a message that the mail server brings again is counted once" {
    equal 'first' accept "$(sent R1 '<d.price@kingsmead.example>' "$SALE Again.")"
    equal 'the same' accept "$(sent R1 '<d.price@kingsmead.example>' "$SALE Again.")"
    equal 'the same' accept "$(sent R1 '<d.price@kingsmead.example>' "$SALE Again.")"
}

@test "what was sent is remembered over a reload" {
    equal 'first' accept "$(sent S1 '<d.price@kingsmead.example>' "$SALE Then.")"
    equal 'second' accept "$(sent S2 '<d.price@kingsmead.example>' "$SALE Then.")"
    gate_reload "$HOST"
    equal 'third' reply "$(sent S3 '<d.price@kingsmead.example>' "$SALE Then.")"
}

@test "what was refused went to nobody, and does not count" {
    equal 'to five' reply "$(sent T1 '<d.price@kingsmead.example>' "$SALE Soon." 5)"
    equal 'to four' accept "$(sent T2 '<d.price@kingsmead.example>' "$SALE Soon." 4)"
    equal 'to one more' reply "$(sent T3 '<d.price@kingsmead.example>' "$SALE Soon." 1)"
}
