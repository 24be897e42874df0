/* session.c - what libmilter calls: one connection of the MTA, and the messages that it brings.
 *
 * The library moves a session between threads, so that all state hangs on the context. Close may be
 * all that is ever called, and abort is not called behind an answer that ends the message. */
#include "gate_internal.h"
#include "letter.h"
#include "mta.h"
#include "negotiate.h"
#include "schoolgate/gate.h"
#include "schoolgate/meter.h"

typedef struct Connection {
    unsigned long steps; /* SMFIP_*: what the MTA has agreed to */
    SgClient *client;
    SgLetter *letter; /* NULL between messages */
} Connection;

static void connection_free(Connection *connection)
{
    sg_letter_free(connection->letter);
    sg_client_free(connection->client);
    g_free(connection);
    sg_meter_change(SG_METER_CONNECTIONS, 0, -1);
}

/* An MTA may leave out any step. */
static Connection *connection_of(SMFICTX *ctx)
{
    Connection *connection = smfi_getpriv(ctx);

    if (!connection) {
        connection = g_new0(Connection, 1);
        connection->client = sg_client_new(NULL);
        smfi_setpriv(ctx, connection);
        sg_meter_change(SG_METER_CONNECTIONS, 0, 1);
        sg_meter_add(SG_METER_CONNECTIONS_EVER, 0, 1);
    }
    return connection;
}

static void drop_letter(Connection *connection)
{
    g_clear_pointer(&connection->letter, sg_letter_free);
}

/* "Go on", which is silence where the MTA has agreed not to wait for it. */
static sfsistat go_on(const Connection *connection, unsigned long silent)
{
    return connection->steps & silent ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
                             unsigned long unused2, unsigned long unused3,
                             unsigned long *ask_actions, unsigned long *ask_steps,
                             unsigned long *ask2, unsigned long *ask3)
{
    g_autoptr(SgConfig) config = sg_gate_config();
    SgWishes wishes = {
        .reply_to_sender = config->gate.judge == SG_SCOPE_OUTGOING,
        .reply_to_recipient = sg_policy_judges_recipients(config->policy),
    };

    (void)unused2, (void)unused3;
    *ask_actions = actions;
    *ask_steps = steps;
    *ask2 = *ask3 = 0;
    if (!sg_negotiate(ctx, &wishes, ask_actions, ask_steps))
        return SMFIS_REJECT;
    connection_of(ctx)->steps = *ask_steps;
    return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
    Connection *connection = connection_of(ctx);

    (void)host;
    sg_client_free(connection->client);
    connection->client = sg_client_new(address);
    return go_on(connection, SMFIP_NR_CONN);
}

static sfsistat on_sender(SMFICTX *ctx, char **arguments)
{
    Connection *connection = connection_of(ctx);
    g_autofree char *sender = sg_mta_sender(ctx, arguments[0]);
    SgClientMacros macros;

    drop_letter(connection);
    /* With every message: TLS may have begun since the last one. */
    macros = sg_mta_client_macros(ctx);
    sg_client_learn(connection->client, &macros);
    connection->letter =
        sg_letter_new(sg_gate_config(), connection->client, sender, sg_mta_login(ctx));
    if (sg_envelope_in_scope(connection->letter->envelope, connection->letter->config))
        return go_on(connection, SMFIP_NR_MAIL);

    drop_letter(connection);
    sg_gate_enter();
    sg_store_count(sg_gate_store(), SG_COUNT_UNJUDGED);
    sg_gate_leave();
    sg_meter_add(SG_METER_MESSAGES, SG_FATE_UNJUDGED, 1);
    /* Where the scope has shrunk since we agreed to be silent here, the end of the message tells.
     */
    return connection->steps & SMFIP_NR_MAIL ? SMFIS_NOREPLY : SMFIS_ACCEPT;
}

/* A recipient can be refused only to somebody who can be told: not for mail that a program hands
 * over on the mail server, nor for a bounce; and only once it is known who sends it. */
static gboolean can_refuse_recipient(const Connection *connection)
{
    const SgEnvelope *envelope = connection->letter->envelope;

    return !(connection->steps & SMFIP_NR_RCPT) && connection->client->over_smtp &&
           !envelope->parties->bounce && envelope->settled && envelope->user == SG_RELAY_TOLD;
}

static sfsistat on_recipient(SMFICTX *ctx, char **arguments)
{
    Connection *connection = connection_of(ctx);
    SgLetter *letter = connection->letter;
    g_autofree char *whole = sg_mta_recipient(ctx, arguments[0]);
    sfsistat answer;

    if (!letter)
        return go_on(connection, SMFIP_NR_RCPT);
    sg_letter_add_recipient(letter, arguments[0], whole);
    if (!can_refuse_recipient(connection))
        return go_on(connection, SMFIP_NR_RCPT);
    sg_gate_enter();
    answer = sg_letter_judge_recipient(letter, ctx);
    sg_gate_leave();
    return answer;
}

/* Without SMFIP_HDR_LEADSPC the MTA has taken the space behind the colon away. */
static sfsistat on_header(SMFICTX *ctx, char *name, char *value)
{
    Connection *connection = connection_of(ctx);
    g_autofree char *spaced = NULL;

    if (!(connection->steps & SMFIP_HDR_LEADSPC))
        spaced = g_strconcat(" ", value, NULL);
    if (connection->letter)
        sg_letter_header(connection->letter, name, spaced ? spaced : value);
    return go_on(connection, SMFIP_NR_HDR);
}

static sfsistat on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
    Connection *connection = connection_of(ctx);

    if (connection->letter)
        sg_intake_body(connection->letter->intake, bytes, len);
    return go_on(connection, SMFIP_NR_BODY);
}

static sfsistat on_end(SMFICTX *ctx)
{
    Connection *connection = connection_of(ctx);
    sfsistat answer = SMFIS_ACCEPT;
    gsize size;

    if (!connection->letter)
        return answer;
    size = sg_spool_size(connection->letter->intake->spool);
    sg_gate_enter();
    answer = sg_letter_finish(connection->letter, ctx);
    sg_gate_leave();
    drop_letter(connection);
    sg_gate_give_memory_back(size);
    return answer;
}

static sfsistat on_abort(SMFICTX *ctx)
{
    drop_letter(connection_of(ctx));
    return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *ctx)
{
    Connection *connection = smfi_getpriv(ctx);

    smfi_setpriv(ctx, NULL);
    if (connection)
        connection_free(connection);
    return SMFIS_CONTINUE;
}

const struct smfiDesc sg_session_milter = {
    .xxfi_name = (char *)"schoolgate",
    .xxfi_version = SMFI_VERSION,
    .xxfi_flags = SG_ACTIONS_NEEDED,
    .xxfi_connect = on_connect,
    .xxfi_envfrom = on_sender,
    .xxfi_envrcpt = on_recipient,
    .xxfi_header = on_header,
    .xxfi_body = on_body,
    .xxfi_eom = on_end,
    .xxfi_abort = on_abort,
    .xxfi_close = on_close,
    .xxfi_negotiate = on_negotiate,
};
