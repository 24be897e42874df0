# A private directory server on loopback: OpenLDAP's slapd with a school of its own in DIR/ldap, which
# stands for Active Directory as well where the two differ only in names. Needs wait.sh.

LDAP_BASE=dc=kingsmead,dc=example
LDAP_ADMIN=cn=admin,$LDAP_BASE
LDAP_PASSWORD=mind-the-gap

# slapd_certificate DIR NAME: an authority, and a certificate of 127.0.0.1 by it.
slapd_certificate()
{
    local dir=$1/ldap
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$2" \
        -addext 'basicConstraints=critical,CA:TRUE' -keyout "$dir/$2.key" -out "$dir/$2.pem" &&
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=directory \
            -keyout "$dir/$2-server.key" -out "$dir/server.csr" &&
        openssl x509 -req -days 2 -in "$dir/server.csr" -CA "$dir/$2.pem" -CAkey "$dir/$2.key" \
            -extfile <(echo 'subjectAltName=IP:127.0.0.1') -out "$dir/$2-server.pem"
} >/dev/null 2>&1

# slapd_create DIR PEOPLE: lays out the school of so many people. Every twentieth is staff.
slapd_create()
{
    local dir=$1/ldap
    mkdir -p "$dir/data"
    slapd_certificate "$1" authority || return 1
    slapd_configure "$1"
    slapd_people "$2" >"$dir/school.ldif"
    slapadd -q -f "$dir/slapd.conf" -l "$dir/school.ldif" 2>"$dir/slapadd.log" ||
        { cat "$dir/slapadd.log" >&2; return 1; }
}

# Like Active Directory it gives at most 500 entries at once, and any number in pages. Its people have
# that one's attributes beside their own.
slapd_configure()
{
    local dir=$1/ldap
    cat >"$dir/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses' EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' EQUALITY integerMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'schoolUser' SUP top AUXILIARY
    MAY ( mail $ proxyAddresses $ accountExpires $ userAccountControl ) )
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $dir/slapd.pid
threads 2
TLSCACertificateFile $dir/authority.pem
TLSCertificateFile $dir/authority-server.pem
TLSCertificateKeyFile $dir/authority-server.key
sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
database mdb
suffix $LDAP_BASE
directory $dir/data
maxsize 268435456
dbnosync
index objectClass eq
rootdn cn=root,$LDAP_BASE
rootpw root
access to dn.exact="$LDAP_ADMIN" by anonymous auth by * none
access to dn.subtree="ou=private,$LDAP_BASE" by * none
access to * by dn.exact="$LDAP_ADMIN" read by * none
CONF
}

# The school as LDIF.
slapd_people()
{
    perl -e '
        my ($people, $base, $password) = @ARGV;
        sub unit { print "dn: ou=$_[0],$base\nobjectClass: organizationalUnit\nou: $_[0]\n\n" }
        sub group {
            my ($cn, $more, @members) = @_;
            print "dn: cn=$cn,ou=groups,$base\nobjectClass: groupOfNames\n", $more, "cn: $cn\n",
                (map { "member: $_\n" } @members), "\n";
        }
        print "dn: $base\nobjectClass: dcObject\nobjectClass: organization\no: Kingsmead\ndc: kingsmead\n\n";
        unit($_) for qw(staff students groups);
        print "dn: cn=admin,$base\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n",
            "cn: admin\nuserPassword: $password\n\n";
        my %year;
        my @staff;
        for my $n (1 .. $people) {
            my $staff = $n % 20 == 0;
            my ($uid, $ou) = $staff ? ("t$n", "staff") : ("s$n", "students");
            my $domain = $staff ? "kingsmead.example" : "students.kingsmead.example";
            my $dn = "uid=$uid,ou=$ou,$base";
            push @{$staff ? \@staff : $year{7 + $n % 7}}, $dn;
            my $control = $n % 100 == 1 ? 514 : 512; # every hundredth is disabled
            my $expires = $n == 2 ? 134300844000000000 : 0;
            print "dn: $dn\nobjectClass: inetOrgPerson\nobjectClass: schoolUser\nuid: $uid\n",
                "cn: Person $n\nsn: $n\nmail: $uid\@$domain\nuserAccountControl: $control\n",
                "proxyAddresses: smtp:alias.$uid\@$domain\nproxyAddresses: SMTP:$uid\@$domain\n",
                "proxyAddresses: X500:/o=Kingsmead/cn=$uid\naccountExpires: $expires\n\n";
        }
        group("year$_", "", @{$year{$_}}) for sort keys %year;
        my @years = map { "cn=year$_,ou=groups,$base" } sort keys %year;
        # A circle: each of these names the other.
        group("pupils", "objectClass: schoolUser\nmail: pupils\@kingsmead.example\n", @years,
              "cn=everybody,ou=groups,$base");
        group("everybody", "", "cn=pupils,ou=groups,$base", "uid=t20,ou=staff,$base");
        group("teachers", "objectClass: schoolUser\nmail: teachers\@kingsmead.example\n", @staff);
        print "dn: cn=chess,ou=groups,$base\nobjectClass: posixGroup\ncn: chess\ngidNumber: 100\n",
            "memberUid: s2\nmemberUid: t20\n\n";
    ' "$1" "$LDAP_BASE" "$LDAP_PASSWORD"
}

# slapd_local DIR: the URL of its socket of this machine.
slapd_local() { local path=$1/ldap/ldapi; echo "ldapi://${path//\//%2F}"; }

# slapd_start DIR: at LDAP_PORT in clear text and with StartTLS, at LDAPS_PORT encrypted.
slapd_start()
{
    : "${LDAP_PORT:=$(free_port)}" "${LDAPS_PORT:=$(free_port)}"
    export LDAP_PORT LDAPS_PORT
    setsid slapd -f "$1/ldap/slapd.conf" -d 0 \
        -h "ldap://127.0.0.1:$LDAP_PORT ldaps://127.0.0.1:$LDAPS_PORT $(slapd_local "$1")" \
        </dev/null >>"$1/ldap/slapd.log" 2>&1 3>&- &
    echo $! >"$1/ldap/pid"
    disown
    wait_until 20 'slapd to start' port_answers "$LDAPS_PORT"
}

slapd_stop()
{
    [ -s "$1/ldap/pid" ] || return 0
    end_process "$(cat "$1/ldap/pid")" slapd
    rm -f "$1/ldap/pid"
}

# slapd_change DIR: takes LDIF from standard input.
slapd_change()
{
    ldapmodify -x -H "ldap://127.0.0.1:$LDAP_PORT" -D "cn=root,$LDAP_BASE" -w root >/dev/null
}

# slapd_block DIR [LINE...]: a block for this server, with further settings. LDAP_TRUST may name
# another file of certificates.
slapd_block()
{
    local dir=$1/ldap
    shift
    printf '%s' "$LDAP_PASSWORD" >"$dir/password"
    chmod 640 "$dir/password"
    chgrp nogroup "$dir/password"
    cat <<CONF
directory kingsmead
    bind-as        $LDAP_ADMIN
    password-file  $dir/password
    ca-file        ${LDAP_TRUST:-$dir/authority.pem}
    base           $LDAP_BASE
    role staff     (&(objectClass=schoolUser)(!(userAccountControl=514)))  below ou=staff,$LDAP_BASE
    role student   (&(objectClass=schoolUser)(!(userAccountControl=514)))  below ou=students,$LDAP_BASE
    until          accountExpires
CONF
    printf '    %s\n' "$@"
}
