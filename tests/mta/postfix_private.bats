# The private Postfix that the other tests and the demo stand on: it is real, alone, and leaves the
# machine's own Postfix as it was. schoolgated has no part in this file.

load support

# A host without a filter.
bare_host()
{
    HOST=$(new_host bare)
    sink_start "$HOST" && postfix_create "$HOST" "mynetworks=$INSIDE" &&
        postfix_add_login "$HOST" d.price@kingsmead.example "$PASSWORD" && postfix_start "$HOST"
}

teardown()
{
    for HOST in "${hosts[@]:-$HOST}"; do
        host_stop
    done
}

@test "a login is checked, and the message comes out at the sink byte for byte" {
    bare_host
    mail plain --header 'X-Note:   two  spaces' --body $'.a dot first\n\nlast\n'
    file=$(arrived plain)
    grep -q '^X-Note:   two  spaces$' "$file"
    grep -q '^\.a dot first$' "$file"
    [ "$(cut -f2- "$HOST/outside/index")" = $'d.price@kingsmead.example\ts.brown@home.example' ]
    fails mail wrong --auth-password guess
    told wrong | grep -q '^535 '
}

@test "an outsider may write to the school and nowhere else" {
    bare_host
    mail_from_inside in --local-interface "$OUTSIDE" --from a@b.example --to a.khan@kingsmead.example
    arrived in
    fails mail_from_inside out --local-interface "$OUTSIDE" --from a@b.example --to c@d.example
    told out | grep -q '^554 5.7.1 .*Relay access denied'
}

@test "two of them run side by side" {
    bare_host
    hosts=("$HOST")
    bare_host
    hosts+=("$HOST")
    [ "$(cat "${hosts[0]}/port")" != "$(cat "${hosts[1]}/port")" ]
    mail second
    arrived second
    HOST=${hosts[0]} POSTFIX_PORT=$(cat "${hosts[0]}/port")
    mail first
    arrived first
    fails arrived_now second
}

@test "the folders of this machine's own Postfix are refused" {
    for folder in /etc/postfix /etc/postfix/new /etc/../etc/postfix /var/spool/postfix/x; do
        run postfix_create "$folder"
        [ "$status" -ne 0 ]
        [[ $output == "refusing to work in '"* ]]
    done
    ln -s /etc/postfix "$BATS_TEST_TMPDIR/link"
    run postfix_create "$BATS_TEST_TMPDIR/link/sub"
    [ "$status" -ne 0 ]
    [ ! -e /etc/postfix/new ] && [ ! -e /etc/postfix/sub ] && [ ! -e /var/spool/postfix/x ]
}

@test "stopping leaves no process and no folder, and /etc/postfix as it was" {
    before=$(system_postfix)
    bare_host
    mail one
    arrived one
    folder=$HOST
    host_stop
    HOST=
    [ ! -e "$folder" ]
    fails pgrep -f "$folder"
    [ "$before" = "$(system_postfix)" ]
}
