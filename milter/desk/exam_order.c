/* exam_order.c - who is asked before us: what signs mail must come behind whoever changes it */
#include <string.h>

#include "knock.h"
#include "ours.h"

/* What programs are called, or where their packages and manuals have them listen. */
static const struct {
    const char *sign;
    const char *does; /* NULL: it leaves no signature */
} programs[] = {
    {"rspamd", "signs where its module dkim_signing has a key"},
    {":11332", "is rspamd's, which signs where its module dkim_signing has a key"},
    {"11332@", "is rspamd's, which signs where its module dkim_signing has a key"},
    {"amavis", "signs where it is told to ($enable_dkim_signing)"},
    {"openarc", "seals mail (ARC)"},
    {"dkim", "looks like a DKIM signer"},
    {"sign", "looks like a DKIM signer"},
    {":8891", "looks like a DKIM signer"},
    {"8891@", "looks like a DKIM signer"},
    {":12301", "looks like a DKIM signer"},
    {"12301@", "looks like a DKIM signer"},
    {"dmarc", NULL},
    {"clamav", NULL},
    {"clmilter", NULL},
    {"spamass", NULL},
    {"greylist", NULL},
    {"policyd-spf", NULL},
};

/* FALSE when `text` says nothing about that. */
static gboolean is_known(const char *text, const char **does)
{
    g_autofree char *small = g_ascii_strdown(text, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++)
        if (strstr(small, programs[i].sign)) {
            *does = programs[i].does;
            return TRUE;
        }
    return FALSE;
}

/* Whoever has opened the socket knows what it is, whatever the socket is called. */
static gboolean is_known_by_program(const SgPatient *patient, const SgMtaService *service,
                                    const SgMtaMilter *milter, const char **does)
{
    g_autofree char *path = sg_mta_socket_path(patient->mta, service, milter);
    g_autofree char *socket = path ? g_strconcat("unix:", path, NULL) : NULL;
    g_auto(SgKnock) knock = {.answer = SG_KNOCK_NOBODY};

    if (socket)
        sg_knock(socket, &knock);
    return knock.program && is_known(knock.program, does);
}

static void say_not_known(SgPatient *patient, const SgMtaService *service, const char *milter)
{
    sg_exam_say(patient, SG_EXAM_NOT_EXAMINED,
                "'%s' asks '%s' before schoolgate, and whether that signs mail (DKIM, ARC) is not "
                "known",
                service->name, milter);
    sg_exam_cure(patient, "if it signs, put schoolgate before it: what schoolgate changes "
                          "afterwards (a subject, a header) breaks the signature");
}

static void say_signs(SgPatient *patient, const SgMtaService *service, const char *milter,
                      const char *does, const SgMtaMilter *ours)
{
    sg_exam_say(patient, SG_EXAM_WARNING,
                "'%s' asks '%s', which %s, before schoolgate: what schoolgate changes afterwards "
                "(a subject, a header) breaks the signature",
                service->name, milter, does);
    if (ours->name)
        sg_exam_cure(patient, "put '%s' before it in 'InputMailFilters'", ours->name);
    else
        sg_exam_cure(patient, "put '%s' before it in '%s'", ours->address,
                     strcmp(service->command, "smtpd") == 0 ? "smtpd_milters"
                                                            : "non_smtpd_milters");
}

static void look_at_one(SgPatient *patient, const SgMtaService *service, const SgMtaMilter *ours)
{
    for (guint i = 0; i < service->milters->len && service->milters->pdata[i] != ours; i++) {
        const SgMtaMilter *milter = service->milters->pdata[i];
        const char *name = milter->name ? milter->name : milter->address, *does = NULL;
        g_autofree char *text = g_strconcat(name, " ", milter->address, NULL);

        if (!is_known(text, &does) && !is_known_by_program(patient, service, milter, &does))
            say_not_known(patient, service, name);
        else if (does)
            say_signs(patient, service, name, does, ours);
    }
}

static void look_at_order(SgPatient *patient)
{
    sg_look_at_ours(patient, look_at_one, "no milter before schoolgate signs mail");
}

const SgExam sg_order_exams[] = {
    {"order", "whether mail is signed only behind schoolgate", SG_NEEDS_CONFIG | SG_NEEDS_MTA,
     look_at_order},
    {0},
};
