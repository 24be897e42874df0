/* schema_steps.c - the record's tables, step by step: see schema.h. Times are seconds, UTC; states,
 * actions and kinds are stored by the names that the headers give them, because enums are reordered
 * and names are not. */
#include "schema.h"

static const char first_tables[] =
    "CREATE TABLE incident ("
    "  number       INTEGER PRIMARY KEY,"
    "  id           TEXT NOT NULL,"
    "  key          TEXT NOT NULL UNIQUE," /* the id, as sg_id_key() has it */
    "  at           INTEGER NOT NULL,"
    "  state        TEXT NOT NULL,"
    "  action       TEXT NOT NULL,"
    "  queue_id     TEXT,"
    "  sender       TEXT NOT NULL,"
    "  sender_role  TEXT NOT NULL,"
    "  login        TEXT,"
    "  client       TEXT,"
    "  subject      TEXT NOT NULL,"
    "  message_id   TEXT,"
    "  size         INTEGER NOT NULL,"
    "  reply        TEXT,"
    "  digest       TEXT,"
    "  duplicate_of TEXT" /* an id, which may have been purged since */
    ");"
    "CREATE INDEX incident_at ON incident (at);"
    "CREATE INDEX incident_state_at ON incident (state, at);"
    "CREATE INDEX incident_digest_at ON incident (digest, at) WHERE digest IS NOT NULL;"

    "CREATE TABLE recipient ("
    "  incident INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,"
    "  position INTEGER NOT NULL,"
    "  address  TEXT NOT NULL,"
    "  role     TEXT NOT NULL,"
    "  action   TEXT NOT NULL,"
    "  PRIMARY KEY (incident, position)"
    ") WITHOUT ROWID;"

    "CREATE TABLE finding ("
    "  number          INTEGER PRIMARY KEY," /* within an incident, in the verdict's order */
    "  incident        INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,"
    "  kind            TEXT NOT NULL,"
    "  rule            TEXT NOT NULL,"
    "  title           TEXT,"
    "  policy          TEXT,"
    "  policy_version  TEXT,"
    "  clause          TEXT,"
    "  clause_title    TEXT,"
    "  severity        TEXT NOT NULL,"
    "  mode            TEXT NOT NULL,"
    "  action          TEXT NOT NULL,"
    "  enforced        TEXT NOT NULL,"
    "  tag             INTEGER NOT NULL,"
    "  notify          INTEGER NOT NULL,"
    "  hold_at_mta     INTEGER NOT NULL,"
    "  alert           INTEGER NOT NULL," /* SgAlert, a set */
    "  may_override    INTEGER NOT NULL,"
    "  override_reason TEXT,"
    "  points          INTEGER NOT NULL,"
    "  recipients      TEXT NOT NULL," /* their positions, as JSON: [0,2] */
    "  subject_prefix  TEXT,"
    "  explain         TEXT,"
    "  remedy          TEXT"
    ");"
    "CREATE INDEX finding_incident ON finding (incident);"
    "CREATE INDEX finding_rule ON finding (rule, incident);"

    "CREATE TABLE signal ("
    "  finding      INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,"
    "  position     INTEGER NOT NULL,"
    "  name         TEXT NOT NULL,"
    "  points       INTEGER NOT NULL,"
    "  place        TEXT,"
    "  excerpt      TEXT,"
    "  excerpt_from INTEGER NOT NULL," /* bytes */
    "  excerpt_to   INTEGER NOT NULL,"
    "  PRIMARY KEY (finding, position)"
    ") WITHOUT ROWID;"

    "CREATE TABLE held ("
    "  incident INTEGER PRIMARY KEY REFERENCES incident ON DELETE CASCADE,"
    "  message  BLOB NOT NULL"
    ");"
    "CREATE TABLE held_recipient ("
    "  incident INTEGER NOT NULL REFERENCES held ON DELETE CASCADE,"
    "  position INTEGER NOT NULL,"
    "  address  TEXT NOT NULL,"
    "  PRIMARY KEY (incident, position)"
    ") WITHOUT ROWID;"

    "CREATE TABLE outbox ("
    "  number     INTEGER PRIMARY KEY,"
    "  incident   INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,"
    "  kind       TEXT NOT NULL,"
    "  address    TEXT NOT NULL,"
    "  state      TEXT NOT NULL DEFAULT 'waiting',"
    "  created    INTEGER NOT NULL,"
    "  attempts   INTEGER NOT NULL DEFAULT 0,"
    "  last_words TEXT" /* of the server that was last asked to take it */
    ");"
    "CREATE INDEX outbox_incident ON outbox (incident);"
    "CREATE INDEX outbox_waiting ON outbox (number) WHERE state = 'waiting';"

    "CREATE TABLE counter ("
    "  day  INTEGER NOT NULL," /* its first second */
    "  name TEXT NOT NULL,"
    "  n    INTEGER NOT NULL,"
    "  PRIMARY KEY (day, name)"
    ") WITHOUT ROWID;";

/* Decisions about incidents, and what the guard makes of them; and notices that are about a rule.
 */
static const char guard_tables[] =
    "ALTER TABLE finding ADD COLUMN demoted INTEGER NOT NULL DEFAULT 0;"

    "CREATE TABLE decision ("
    "  number   INTEGER PRIMARY KEY AUTOINCREMENT," /* in order, and never given again */
    "  incident INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,"
    "  at       INTEGER NOT NULL,"
    "  kind     TEXT NOT NULL,"
    "  actor    TEXT NOT NULL,"
    "  role     TEXT NOT NULL,"
    "  reason   TEXT NOT NULL"
    ");"
    "CREATE INDEX decision_incident ON decision (incident, number);"

    /* For each rule the decisions that settled what it held: one an incident, the latest. */
    "CREATE TABLE decided_hold ("
    "  rule     TEXT NOT NULL,"
    "  decision INTEGER NOT NULL REFERENCES decision ON DELETE CASCADE,"
    "  PRIMARY KEY (rule, decision)"
    ") WITHOUT ROWID;"
    "CREATE INDEX decided_hold_decision ON decided_hold (decision);"

    "CREATE TABLE demotion ("
    "  number      INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  rule        TEXT NOT NULL,"
    "  state       TEXT NOT NULL,"
    "  since       INTEGER NOT NULL,"
    "  holds       INTEGER NOT NULL,"
    "  released    INTEGER NOT NULL,"
    "  restored    INTEGER,"
    "  restored_by TEXT,"
    "  reason      TEXT,"
    "  incidents   INTEGER" /* those up to this number are spent as evidence; set when restored */
    ");"
    "CREATE UNIQUE INDEX demotion_standing ON demotion (rule) WHERE state <> 'restored';"
    "CREATE INDEX demotion_rule ON demotion (rule, number);"

    "ALTER TABLE outbox RENAME TO old_outbox;"
    "DROP INDEX outbox_incident;"
    "DROP INDEX outbox_waiting;"
    "CREATE TABLE outbox ("
    "  number     INTEGER PRIMARY KEY,"
    "  incident   INTEGER REFERENCES incident ON DELETE CASCADE,"
    "  demotion   INTEGER REFERENCES demotion ON DELETE CASCADE,"
    "  kind       TEXT NOT NULL,"
    "  address    TEXT NOT NULL,"
    "  state      TEXT NOT NULL DEFAULT 'waiting',"
    "  created    INTEGER NOT NULL,"
    "  attempts   INTEGER NOT NULL DEFAULT 0,"
    "  last_words TEXT,"
    "  CHECK ((incident IS NULL) <> (demotion IS NULL))"
    ");"
    "INSERT INTO outbox (number, incident, kind, address, state, created, attempts, last_words)"
    " SELECT number, incident, kind, address, state, created, attempts, last_words FROM old_outbox;"
    "DROP TABLE old_outbox;"
    "CREATE INDEX outbox_incident ON outbox (incident) WHERE incident IS NOT NULL;"
    "CREATE INDEX outbox_demotion ON outbox (demotion) WHERE demotion IS NOT NULL;"
    "CREATE INDEX outbox_waiting ON outbox (number) WHERE state = 'waiting';";

/* Deciding about what is held, sending what follows, the audit trail, and deleting. */
static const char review_tables[] =
    "ALTER TABLE incident ADD COLUMN return_to TEXT;"
    "ALTER TABLE incident ADD COLUMN judged TEXT NOT NULL DEFAULT 'open';"
    "ALTER TABLE incident ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE incident ADD COLUMN legal_hold INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE incident ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;" /* 0: it is not */

    "UPDATE incident SET settled = at WHERE state NOT IN ('held', 'held-mta');"

    /* What was held for whom outlives the message. */
    "CREATE TABLE copy ("
    "  incident INTEGER NOT NULL REFERENCES incident ON DELETE CASCADE,"
    "  position INTEGER NOT NULL,"
    "  address  TEXT NOT NULL,"
    "  state    TEXT NOT NULL DEFAULT 'held',"
    "  PRIMARY KEY (incident, position)"
    ") WITHOUT ROWID;"
    "CREATE INDEX copy_address ON copy (address);"
    "INSERT INTO copy (incident, position, address)"
    " SELECT incident, position, address FROM held_recipient;"
    "DROP TABLE held_recipient;"

    /* A proposal waits for a second person until another decision takes its place: one of the same
     * kind, which is the second person's, or any other. */
    "ALTER TABLE decision ADD COLUMN proposed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE decision ADD COLUMN undone_by INTEGER;" /* its number, or that of what undid it */
    "CREATE TABLE decision_copy ("
    "  decision INTEGER NOT NULL REFERENCES decision ON DELETE CASCADE,"
    "  position INTEGER NOT NULL," /* of the copy that it changed, */
    "  before   TEXT NOT NULL,"    /* from that state */
    "  after    TEXT NOT NULL,"
    "  PRIMARY KEY (decision, position)"
    ") WITHOUT ROWID;"

    "ALTER TABLE outbox RENAME TO old_outbox;"
    "DROP INDEX outbox_incident;"
    "DROP INDEX outbox_demotion;"
    "DROP INDEX outbox_waiting;"
    "CREATE TABLE outbox ("
    "  number     INTEGER PRIMARY KEY AUTOINCREMENT," /* in Message-IDs: never given again */
    "  incident   INTEGER REFERENCES incident ON DELETE CASCADE,"
    "  demotion   INTEGER REFERENCES demotion ON DELETE CASCADE,"
    "  day        TEXT,"                                          /* of a digest */
    "  decision   INTEGER REFERENCES decision ON DELETE CASCADE," /* that it comes from */
    "  kind       TEXT NOT NULL,"
    "  address    TEXT NOT NULL,"
    "  state      TEXT NOT NULL DEFAULT 'waiting',"
    "  created    INTEGER NOT NULL,"
    "  due        INTEGER NOT NULL,"
    "  attempts   INTEGER NOT NULL DEFAULT 0,"
    "  along      INTEGER," /* the item together with which it is in hand */
    "  finished   INTEGER," /* when it was sent, given up or withdrawn */
    "  last_words TEXT,"    /* of the server that was last asked to take it */
    "  CHECK ((incident IS NOT NULL) + (demotion IS NOT NULL) + (day IS NOT NULL) = 1)"
    ");"
    "INSERT INTO outbox"
    " (number, incident, demotion, kind, address, state, created, due, attempts, last_words)"
    " SELECT number, incident, demotion, kind, address, state, created, created, attempts,"
    " last_words FROM old_outbox;"
    "DROP TABLE old_outbox;"
    "CREATE INDEX outbox_incident ON outbox (incident) WHERE incident IS NOT NULL;"
    "CREATE INDEX outbox_demotion ON outbox (demotion) WHERE demotion IS NOT NULL;"
    "CREATE INDEX outbox_decision ON outbox (decision) WHERE decision IS NOT NULL;"
    "CREATE INDEX outbox_due ON outbox (due, number) WHERE state = 'waiting';"
    "CREATE INDEX outbox_sending ON outbox (number) WHERE state = 'sending';"
    "CREATE INDEX outbox_told ON outbox (address, kind, finished) WHERE state = 'sent';"
    "CREATE UNIQUE INDEX outbox_day ON outbox (address, kind, day) WHERE day IS NOT NULL;"
    "CREATE TABLE outbox_copy (" /* those that a release or a return takes along */
    "  item     INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,"
    "  position INTEGER NOT NULL,"
    "  PRIMARY KEY (item, position)"
    ") WITHOUT ROWID;"

    "CREATE TABLE audit ("
    "  number   INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  at       INTEGER NOT NULL,"
    "  actor    TEXT NOT NULL,"
    "  role     TEXT NOT NULL,"
    "  action   TEXT NOT NULL,"
    "  incident TEXT," /* its id */
    "  detail   TEXT,"
    "  hash     TEXT NOT NULL"
    ");"
    "CREATE TABLE audit_start (" /* the last entry that was purged */
    "  number INTEGER NOT NULL,"
    "  hash   TEXT NOT NULL"
    ");"

    "CREATE TABLE secret ("
    "  name  TEXT PRIMARY KEY,"
    "  value BLOB NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE spent_token ("
    "  nonce   TEXT PRIMARY KEY,"
    "  expires INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE last_done (" /* of what is done every day */
    "  what TEXT PRIMARY KEY,"
    "  at   INTEGER NOT NULL"
    ") WITHOUT ROWID;";

/* Mail that a rule does not apply to, because a person said so. */
static const char exemption_tables[] =
    "CREATE TABLE exemption ("
    "  number       INTEGER PRIMARY KEY AUTOINCREMENT," /* in the audit trail: never given again */
    "  rule         TEXT NOT NULL,"
    "  kind         TEXT NOT NULL,"
    "  value        TEXT NOT NULL,"
    "  reason       TEXT NOT NULL,"
    "  incident     TEXT," /* the id of the one that led to it, which may have been purged since */
    "  made_by      TEXT NOT NULL,"
    "  role         TEXT NOT NULL,"
    "  created      INTEGER NOT NULL,"
    "  until        INTEGER NOT NULL,"
    "  ended        INTEGER," /* before its time */
    "  ended_by     TEXT,"
    "  ended_reason TEXT"
    ");";

/* Who may sign in to web pages, and who has. */
static const char account_tables[] =
    "CREATE TABLE account ("
    "  number       INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  name         TEXT NOT NULL UNIQUE,"       /* a reviewer's, in the configuration */
    "  password     TEXT NOT NULL,"              /* as crypt(5) has it */
    "  secret       TEXT,"                       /* of one-time codes, base32 */
    "  last_step    INTEGER NOT NULL DEFAULT 0," /* of the code that was used last */
    "  disabled     INTEGER NOT NULL DEFAULT 0,"
    "  created      INTEGER NOT NULL,"
    "  changed      INTEGER NOT NULL,"
    "  last_sign_in INTEGER NOT NULL DEFAULT 0"
    ");"
    "CREATE TABLE account_client (" /* whence it has signed in: addresses, digests of devices */
    "  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
    "  client  TEXT NOT NULL,"
    "  at      INTEGER NOT NULL," /* the latest time */
    "  PRIMARY KEY (account, client)"
    ") WITHOUT ROWID;"

    "CREATE TABLE session ("
    "  token   TEXT PRIMARY KEY," /* its SHA-256 */
    "  account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,"
    "  csrf    TEXT NOT NULL,"
    "  created INTEGER NOT NULL,"
    "  seen    INTEGER NOT NULL,"
    "  expires INTEGER NOT NULL," /* unless it is seen again */
    "  ends    INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE INDEX session_account ON session (account);"

    /* By account alone, by client alone, or by both; the other is ''. What was typed as a name may
     * have been a password: it is kept as its SHA-256. */
    "CREATE TABLE sign_in_failure ("
    "  account TEXT NOT NULL,"
    "  client  TEXT NOT NULL,"
    "  n       INTEGER NOT NULL,"
    "  at      INTEGER NOT NULL,"           /* the latest */
    "  told    INTEGER NOT NULL DEFAULT 0," /* the audit trail knows of this wait */
    "  PRIMARY KEY (account, client)"
    ") WITHOUT ROWID;"
    "CREATE INDEX sign_in_failure_at ON sign_in_failure (at);";

/* Exempting from a critical rule may take two people. */
static const char second_person[] =
    "ALTER TABLE exemption ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE exemption ADD COLUMN seconded_by TEXT;"
    "ALTER TABLE exemption ADD COLUMN seconded_role TEXT;"
    "ALTER TABLE exemption ADD COLUMN seconded INTEGER;"; /* when */

/* What an incident is in one sentence. */
static const char headline_columns[] =
    "ALTER TABLE finding ADD COLUMN in_short TEXT;"
    "ALTER TABLE recipient ADD COLUMN personal_of TEXT;" /* names of roles: student, parent */
    "ALTER TABLE recipient ADD COLUMN members INTEGER NOT NULL DEFAULT 0;";

/* What a list shows of findings is read without the findings; and whose an incident is, without the
 * incidents. */
static const char list_indexes[] = "CREATE INDEX finding_brief ON finding"
                                   " (incident, number, severity, enforced, policy, clause, rule);"
                                   "DROP INDEX finding_incident;"
                                   "CREATE INDEX incident_sender ON incident (sender);"
                                   "CREATE INDEX incident_login ON incident (login);"
                                   "CREATE INDEX recipient_address ON recipient (address);";

/* Few findings are overridden: they are counted without the others. */
static const char override_index[] = "CREATE INDEX finding_overridden ON finding (rule, incident)"
                                     " WHERE override_reason IS NOT NULL;";

/* Ordinary names are found whatever their capitals. Those that may be written in more ways are odd,
 * which is not left to SQL: sg_name_is_ordinary(). They are few, and looked at one by one. */
#define ODD(name)                                                                                  \
    name " <> '' AND (typeof(" name ") <> 'text' OR length(" name ") > 200"                        \
         " OR " name " NOT GLOB '[A-Za-z0-9]*' OR " name " GLOB '*[^-A-Za-z0-9._@]*'"              \
         " OR " name " GLOB '*[.@][.@]*' OR " name " GLOB '*[.@]' OR " name " GLOB '*@*@*')"
#define ODD_SENDER  ODD("sender")
#define ODD_LOGIN   ODD("login")
#define ODD_ADDRESS ODD("address")
static const char name_indexes[] =
    "ALTER TABLE incident ADD COLUMN odd_sender INTEGER NOT NULL DEFAULT 0;"
    "UPDATE incident SET odd_sender = 1 WHERE " ODD_SENDER ";"
    "DROP INDEX incident_sender;"
    "CREATE INDEX incident_sender ON incident (sender COLLATE NOCASE);"
    "CREATE INDEX incident_sender_odd ON incident (sender COLLATE NOCASE) WHERE odd_sender;"
    "ALTER TABLE incident ADD COLUMN odd_login INTEGER NOT NULL DEFAULT 0;"
    "UPDATE incident SET odd_login = 1 WHERE " ODD_LOGIN ";"
    "DROP INDEX incident_login;"
    "CREATE INDEX incident_login ON incident (login COLLATE NOCASE);"
    "CREATE INDEX incident_login_odd ON incident (login COLLATE NOCASE) WHERE odd_login;"
    "ALTER TABLE recipient ADD COLUMN odd INTEGER NOT NULL DEFAULT 0;"
    "UPDATE recipient SET odd = 1 WHERE " ODD_ADDRESS ";"
    "DROP INDEX recipient_address;"
    "CREATE INDEX recipient_address ON recipient (address COLLATE NOCASE);"
    "CREATE INDEX recipient_address_odd ON recipient (address COLLATE NOCASE) WHERE odd;"
    "ALTER TABLE copy ADD COLUMN odd INTEGER NOT NULL DEFAULT 0;"
    "UPDATE copy SET odd = 1 WHERE " ODD_ADDRESS ";"
    "DROP INDEX copy_address;"
    "CREATE INDEX copy_address ON copy (address COLLATE NOCASE);"
    "CREATE INDEX copy_address_odd ON copy (address COLLATE NOCASE) WHERE odd;";

/* Findings that only differ in what a list does not show share what it shows. */
static const char gists[] =
    "CREATE TABLE gist ("
    "  number       INTEGER PRIMARY KEY,"
    "  rule         TEXT NOT NULL,"
    "  title        TEXT,"
    "  policy       TEXT,"
    "  clause       TEXT,"
    "  clause_title TEXT,"
    "  severity     TEXT NOT NULL,"
    "  mode         TEXT NOT NULL,"
    "  enforced     TEXT NOT NULL,"
    "  overridden   INTEGER NOT NULL"
    ");"
    "CREATE INDEX gist_rule ON gist"
    " (rule, enforced, severity, mode, overridden, policy, clause, title, clause_title);"
    "INSERT INTO gist (rule, title, policy, clause, clause_title, severity, mode, enforced,"
    " overridden) SELECT DISTINCT rule, title, policy, clause, clause_title, severity, mode,"
    " enforced, override_reason IS NOT NULL FROM finding;"
    "ALTER TABLE finding ADD COLUMN gist INTEGER NOT NULL DEFAULT 0;" /* a number of a gist */
    "UPDATE finding SET gist = (SELECT gist.number FROM gist WHERE gist.rule = finding.rule"
    " AND gist.enforced = finding.enforced AND gist.severity = finding.severity"
    " AND gist.mode = finding.mode AND gist.overridden = (finding.override_reason IS NOT NULL)"
    " AND gist.policy IS finding.policy AND gist.clause IS finding.clause"
    " AND gist.title IS finding.title AND gist.clause_title IS finding.clause_title);"
    "DROP INDEX finding_brief;"
    "CREATE INDEX finding_gist ON finding (incident, number, gist);";

/* Monitoring asks every few seconds how much waits. */
static const char waiting_index[] = "CREATE INDEX incident_waiting ON incident (at)"
                                    " WHERE state IN ('held', 'held-mta') AND settled = 0;";

const char *const sg_schema_steps[] = {
    first_tables, guard_tables,  review_tables,  exemption_tables, account_tables, headline_columns,
    list_indexes, second_person, override_index, name_indexes,     gists,          waiting_index,
    NULL};
