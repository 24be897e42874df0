# What the systemd unit, its drop-ins, and the files about user, folders and AppArmor say, as the tools that
# read them understand it. tests/package runs the unit itself.

setup()
{
    REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    BUILD=${BUILD:-$REPO/build}
    DEST=$(mktemp -d)
    "$REPO/contrib/install" install "$BUILD" "$DEST" /usr /etc
    UNIT=$DEST/schoolgate.service
    sed "s|^ExecStart=|&$DEST|" "$DEST/usr/lib/systemd/system/schoolgate.service" >"$UNIT"
}

teardown() { rm -rf "$DEST"; }

# with DROP-IN...: the unit as those change it.
with()
{
    mkdir -p "$UNIT.d"
    for dropin; do cp "$REPO/contrib/systemd/$dropin.conf" "$UNIT.d/"; done
}

is_understood()
{
    run env MANPATH="$DEST/usr/share/man" systemd-analyze verify "$UNIT"
    echo "$output"
    [ "$status" = 0 ] && ! grep -F "$DEST/schoolgate.service" <<<"$output"
}

exposure()
{
    systemd-analyze security --offline=true --no-pager "$UNIT" | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p'
}

below() { awk -v got="$2" -v limit="$1" 'BEGIN { print got; exit !(got != "" && got < limit) }'; }

@test "systemd understands every line of the unit" { is_understood; }

@test "systemd understands the unit with each drop-in, and with all of them" {
    for dropin in "$REPO"/contrib/systemd/*.conf; do
        rm -rf "$UNIT.d"
        with "$(basename "$dropin" .conf)"
        is_understood
    done
    with sendmail-command low-port network
    is_understood
}

@test "the unit leaves little open: below 2 of 10" { below 2 "$(exposure)"; }

@test "a drop-in for a port or the network opens no more" {
    with low-port
    below 2 "$(exposure)"
    with network
    below 2 "$(exposure)"
}

# All filters of system calls have to go: each of them takes the right to run postdrop as well.
@test "the drop-in for the sendmail command lets it gain a group, and still writes nowhere else" {
    with sendmail-command
    report=$(systemd-analyze security --offline=true --no-pager "$UNIT")
    grep -qE '^✗ NoNewPrivileges=' <<<"$report"
    grep -qE '^✗ RestrictSUIDSGID=' <<<"$report"
    for kept in ProtectSystem ProtectHome PrivateTmp ProtectControlGroups 'User=/DynamicUser' UMask; do
        grep -qE "^✓ $kept=" <<<"$report" || { echo "$kept is gone" >&2; return 1; }
    done
    below 6 "$(exposure)"
}

@test "without a configuration it does not start, and with a bad one not again and again" {
    grep -qx 'ConditionPathExists=/etc/schoolgate/schoolgate.conf' "$UNIT"
    prevented=$(sed -n 's/^RestartPreventExitStatus=//p' "$UNIT")
    run "$BUILD/schoolgated" -t -c "$DEST/none.conf"
    grep -qw "$status" <<<"$prevented"
}

@test "a user, a group and their folders are made of what is installed, with the rights they need" {
    systemd-sysusers --root="$DEST" schoolgate.conf
    grep -q '^schoolgate:' "$DEST/etc/passwd"
    [ "$(awk -F: '/^schoolgate:/ {print $7}' "$DEST/etc/passwd")" = /usr/sbin/nologin ]
    user=$(awk -F: '/^schoolgate:/ {print $3}' "$DEST/etc/passwd")
    systemd-tmpfiles --root="$DEST" --create schoolgate.conf
    for folder in "755 run/schoolgate" "700 var/lib/schoolgate" "700 var/lib/schoolgate/spool"; do
        [ "$(stat -c '%a %u' "$DEST/${folder#* }")" = "${folder% *} $user" ] ||
            { stat "$DEST/${folder#* }" >&2; return 1; }
    done
}

@test "the folder of the socket in Postfix's queue folder can be made at each start of the machine" {
    systemd-sysusers --root="$DEST" schoolgate.conf
    echo 'g postfix -' >"$DEST/usr/lib/sysusers.d/postfix.conf"
    systemd-sysusers --root="$DEST" postfix.conf
    mkdir -p "$DEST/etc/tmpfiles.d"
    cp "$REPO/contrib/postfix/tmpfiles.conf" "$DEST/etc/tmpfiles.d/schoolgate-postfix.conf"
    systemd-tmpfiles --root="$DEST" --create schoolgate-postfix.conf
    [ "$(stat -c '%a' "$DEST/var/spool/postfix/schoolgate")" = 2750 ]
}

# Whether it fits is for a kernel with AppArmor to say; hence complain mode.
@test "the AppArmor profile is one that AppArmor can compile, and refuses nothing yet" {
    apparmor_parser --skip-kernel-load --skip-cache --skip-read-cache --base /etc/apparmor.d "$DEST/etc/apparmor.d/schoolgate"
    profiles=$(apparmor_parser --names --skip-kernel-load --base /etc/apparmor.d "$DEST/etc/apparmor.d/schoolgate" 2>/dev/null)
    [ "$(sort <<<"$profiles" | tr '\n' ' ')" = 'schoolgate schoolgate//helper schoolgated schoolgated//sendmail ' ]
    for program in /usr/sbin/schoolgated /usr/bin/schoolgate; do
        grep -qE "^profile [a-z]+ $program flags=\(.*complain.*\)" "$DEST/etc/apparmor.d/schoolgate"
    done
}
