#!/usr/bin/env bats
# What `make install` puts where, and that `make uninstall` takes it away again.

setup()
{
    REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    BUILD=${BUILD:-$REPO/build}
    DEST=$(mktemp -d)
}

teardown() { rm -rf "$DEST"; }

act() { "$REPO/contrib/install" "$1" "$BUILD" "$DEST" /usr /etc; }

@test "the unit starts the program where it was installed" {
    act install
    program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$DEST/usr/lib/systemd/system/schoolgate.service")
    [ -x "$DEST$program" ]
}

@test "every manual is installed, and nothing but the rules stays" {
    act install
    for page in "$REPO"/contrib/man/*.[1-9]*; do
        name=$(basename "$page" .in)
        [ -e "$DEST/usr/share/man/man${name##*.}/$name" ] || { echo "no $name" >&2; return 1; }
    done
    act uninstall
    left=$(find "$DEST" -type f ! -path "$DEST/etc/schoolgate/*")
    [ -z "$left" ] || { echo "$left" >&2; return 1; }
    [ -e "$DEST/etc/schoolgate/00-policy.rules" ]
}

@test "what a school says of itself is not laid down for it, only shown" {
    act install
    for file in schoolgate.conf people.csv aliases; do
        [ ! -e "$DEST/etc/schoolgate/$file" ]
        [ -e "$DEST/usr/share/schoolgate/rules/$file" ]
    done
}

@test "rules that the postmaster changed are kept, with the new ones beside them" {
    act install
    echo '# ours' >>"$DEST/etc/schoolgate/26-spam.rules"
    act install
    grep -q '# ours' "$DEST/etc/schoolgate/26-spam.rules"
    cmp "$DEST/etc/schoolgate/26-spam.rules.new" "$REPO/rules/26-spam.rules"
    [ ! -e "$DEST/etc/schoolgate/26-appeals.rules.new" ]
}

@test "nothing that is installed below /usr speaks of /usr/local" {
    act install
    run grep -rlF /usr/local "$DEST" --exclude-dir=doc --exclude-dir=bin --exclude-dir=sbin
    [ "$status" = 1 ] || { echo "$output" >&2; return 1; }
}

@test "the examples for mail server, web server, monitoring and service are there to copy from" {
    act install
    for example in postfix/main.cf sendmail/schoolgate.m4 nginx/schoolgate.conf apache/schoolgate.conf \
        prometheus/alerts.yml grafana/schoolgate.json docker/compose.yaml systemd/sendmail-command.conf; do
        [ -e "$DEST/usr/share/doc/schoolgate/examples/$example" ]
    done
}

# Older systemds do not know the group by its name, and drop the line.
@test "the unit lets processes lock themselves in" {
    for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp; do
        grep -qE "^SystemCallFilter=(.* )?$call( |\$)" "$REPO/contrib/systemd/schoolgate.service"
    done
}
