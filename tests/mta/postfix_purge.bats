# Deleted means gone: while the gate has the record open, no file of it holds a word of what a purge
# has deleted.

load support

setup_file()    { host_start; }
teardown_file() { host_stop; }

in_record() { sqlite3 "$HOST/record/record.db" "$1"; }

# Whether any file of the record holds those words: database, -wal, -shm, and whatever else lies there.
lingers() { grep -rqaF "$1" "$HOST/record"; }

@test "a message that was discarded is in no file after the purge, and neither is a refused one's subject" {
    mail gone --header 'Subject: the velvet armadillo' \
        --body 'please hold this: meet me under the copper clock'
    fails mail bad --header 'Subject: an amber trombone' --body 'please refuse'
    mail stays --header 'Subject: quite another matter' --body 'please hold: the iron kettle'
    gone=$(incident gone | jq -r .id)
    lingers 'velvet armadillo'
    lingers 'under the copper clock'
    lingers 'amber trombone'
    lingers 'iron kettle'
    in_record "UPDATE incident SET state = 'discarded', settled = 1, at = 1 WHERE id = '$gone';
               UPDATE incident SET at = 1, settled = 1 WHERE subject = 'an amber trombone';
               UPDATE copy SET state = 'discarded' WHERE incident =
                (SELECT number FROM incident WHERE id = '$gone');
               DELETE FROM outbox"

    gate_cli "$HOST" purge --dry-run --json | tee "$HOST/foretold"
    lingers 'velvet armadillo'
    gate_cli "$HOST" purge --json | tee "$HOST/purged"
    diff <(jq .incidents "$HOST/foretold") <(jq .incidents "$HOST/purged")
    fails lingers 'velvet armadillo'
    fails lingers 'under the copper clock'
    fails lingers 'amber trombone'
    lingers 'iron kettle'
    gate_cli "$HOST" audit verify

    # The gate goes on, and does not bring it back from what it remembers.
    mail later --header 'Subject: later' --body 'please hold this as well'
    lingers 'please hold this as well'
    fails lingers 'velvet armadillo'
    fails lingers 'under the copper clock'
}
