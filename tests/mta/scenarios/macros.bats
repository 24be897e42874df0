# What a mail server tells its filters besides the commands of SMTP: who has logged in, above all. By
# that senders are known, so it must be told whatever the mail server's own lists of macros say; and what
# makes it untrue must not go unnoticed.

load scenarios

setup_file()    { scenario_host_start; }
teardown_file() { scenario_host_stop; }

teardown() { tail -n 15 "$HOST/gate.log" "$HOST/mail.log"; } # shown when a test fails

# found HOW RESULT SEEN [CURE]: doctor says so of macros; both texts are parts of what it says.
found()
{
    # shellcheck disable=SC2046 # the options are words
    "$BUILD/schoolgate" doctor -c "$HOST/schoolgate.conf" $(mta_to_examine "$1") --json >"$HOST/doctor.json" ||
        true
    jq -es --arg result "$2" --arg seen "$3" --arg cure "${4:-}" \
        'any(.[]; .examination == "macros" and .result == $result and (.seen | contains($seen)) and
                  (.cure // "" | contains($cure)))' "$HOST/doctor.json" >/dev/null && return 0
    grep -F '"macros"' "$HOST/doctor.json" >&2
    return 1
}

# The words of the log about message NAME that say whose it is.
whose()
{
    local line
    line=$(log_line "$(incident "$1" | jq -r .id)")
    echo "$(field "$line" role) $(field "$line" login) $(field "$line" queue | grep -c .)"
}

@test "a mail server that gives filters no macros still tells us who has logged in, for we ask" {
    mta_listen silent
    fails mail silent --server "127.0.0.1:$LISTENS" --from l.stranger@home.example --body 'please refuse this'
    equal 'role, login, queue' 'staff d.price@kingsmead.example 1' "$(whose silent)"
    found silent fine 'tells schoolgate what that asks for, whatever its own lists of macros are'
}

@test "a login that the mail server makes up is believed, so that doctor tells of it" {
    mta_listen forging
    fails mail_from_inside forged --server "127.0.0.1:$LISTENS" --local-interface "$OUTSIDE" \
        --from l.stranger@home.example --to a.khan@kingsmead.example --body 'please refuse this'
    equal 'role, login, queue' 'staff d.price@kingsmead.example 1' "$(whose forged)"
    found forging problem "whoever has not logged in counts as 'd.price@kingsmead.example'" "$(mta_unforged)"
}
