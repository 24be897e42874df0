# What the tests of the package share: a machine of its own, with systemd and Postfix, in which it is
# installed as on a school's. See 'machine'.

REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${BUILD:=$REPO/build}"
# shellcheck source=/dev/null
source "$REPO/contrib/demo/lib/wait.sh"

VERSION=$(sed -n 's/^VERSION *:= *//p' "$REPO/Makefile")
BASE=$BUILD/package/bookworm

# Folder, packages and apt's cache; the first run on a machine fetches a Debian.
machine_create()
{
    MACHINE=$(mktemp -d /tmp/schoolgate-machine.XXXXXX)
    export MACHINE
    mkdir -p "$BUILD/package"
    [ -d "$BASE" ] || "$BATS_TEST_DIRNAME/machine" base "$BASE" >"$BUILD/package/base.log" 2>&1 ||
        { tail -n 20 "$BUILD/package/base.log" >&2; return 1; }
    ln -s "$BASE" "$MACHINE/base"
}

# machine_start: returns when all that the machine starts is up.
machine_start()
{
    setsid "$BATS_TEST_DIRNAME/machine" run "$MACHINE" </dev/null >"$MACHINE/console.log" 2>&1 3>&- &
    echo $! >"$MACHINE/outer.pid"
    disown
    wait_until 30 'the machine to start' machine_is_up || { cat "$MACHINE/console.log" >&2; return 1; }
}

# Its first process, as seen from here.
machine_init() { pgrep -P "$(cat "$MACHINE/outer.pid")" -x systemd; }

machine_is_up()
{
    machine_init >"$MACHINE/init.pid" && inside systemctl is-active --quiet multi-user.target
}

machine_stop()
{
    [ -s "$MACHINE/outer.pid" ] || return 0
    kill -KILL "$(cat "$MACHINE/outer.pid")" # and its child with it
    wait_until 20 'the machine to end' process_gone "$(cat "$MACHINE/init.pid")"
    wait_until 20 'the last of the machine to go' "$BATS_TEST_DIRNAME/machine" end "$MACHINE"
    rm -rf "$MACHINE"
}

# inside COMMAND...: runs it on the machine, as root.
inside()
{
    nsenter --target "$(cat "$MACHINE/init.pid")" --all env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive HOME=/root LC_ALL=C.UTF-8 "$@" 3>&-
}

# another_version NUMBER [FILE LINE]...: the package again, with a higher version and lines added to files in
# it, among the packages of the machine.
another_version()
{
    local version=$1 tree=$MACHINE/another
    shift
    rm -rf "$tree"
    dpkg-deb -R "$BUILD/deb/schoolgate_${VERSION}_$(dpkg --print-architecture).deb" "$tree"
    sed -i "s/^Version: .*/Version: $version/" "$tree/DEBIAN/control"
    while [ $# -gt 0 ]; do
        echo "$2" >>"$tree$1"
        shift 2
    done
    dpkg-deb -Zgzip -z1 -b "$tree" "$MACHINE/schoolgate_$version.deb" >/dev/null
    inside sh -c "cat >/packages/schoolgate_$version.deb" <"$MACHINE/schoolgate_$version.deb"
}

# apt VERB ARGUMENT...: what it needs has been fetched, as there is no network. What it said is in $MACHINE/apt.log.
apt()
{
    inside apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confold "$@" >"$MACHINE/apt.log" 2>&1 </dev/null ||
        { cat "$MACHINE/apt.log" >&2; return 1; }
}

said() { grep -qF -e "$1" "$MACHINE/apt.log" || { cat "$MACHINE/apt.log" >&2; return 1; }; }

# Every file that packages or their scripts could have left, but for what apt and dpkg keep of themselves.
files_inside()
{
    inside find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path '/var/log/*' -o \
        -path '/var/cache/*' -o -path '/var/lib/dpkg/*' -o -path '/var/lib/apt/*' -o -path /packages -o \
        -path '/var/spool/postfix/*/*' -o -path '/var/lib/postfix/*' -o -path '/var/mail/*' \) -prune -o -print | sort
}

# equal WHAT EXPECTED GOT
equal()
{
    [ "$2" = "$3" ] && return 0
    printf '%s\nexpected: %s\n     got: %s\n' "$1" "$2" "$3" >&2
    return 1
}
