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

@test "every manual is installed, and nothing but the configuration stays" {
    act install
    for page in "$REPO"/contrib/man/*.[1-9]*; do
        name=$(basename "$page" .in)
        [ -e "$DEST/usr/share/man/man${name##*.}/$name" ] || { echo "no $name" >&2; return 1; }
    done
    act uninstall
    left=$(find "$DEST" -type f ! -path "$DEST/etc/*")
    [ -z "$left" ] || { echo "$left" >&2; return 1; }
    [ -e "$DEST/etc/schoolgate/schoolgate.conf" ]
}

# Older systemds do not know the group by its name, and drop the line.
@test "the unit lets processes lock themselves in" {
    for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp; do
        grep -qE "^SystemCallFilter=(.* )?$call( |\$)" "$REPO/contrib/systemd/schoolgate.service"
    done
}
