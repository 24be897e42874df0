/* gate_builders.h - builders for the gate's tests: a small school, and findings made by hand */
#pragma once

#include "../../milter/gate/incident.h"
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const char school_text[] = "school\n"
                                  "    name Kingsmead\n"
                                  "    reference KM\n"
                                  "    officer online-safety@kingsmead.example\n"
                                  "    head head@kingsmead.example\n"
                                  "role staff\n"
                                  "    domain kingsmead.example\n"
                                  "role student\n"
                                  "    domain students.kingsmead.example\n"
                                  "policy social-media\n"
                                  "    title Social Networking and Media Policy\n"
                                  "    version June 2020\n"
                                  "    clause 2.6 Chain letters\n"
                                  "gate\n"
                                  "    inside 10.0.0.0/8, 2001:db8::/32\n";

/* The school above, with `more` lines behind it, the first of them within the gate's. */
G_GNUC_UNUSED static SgConfig *school(const char *more)
{
    g_autofree char *folder = support_folder();
    g_autofree char *text = g_strconcat(school_text, more, NULL);
    g_autofree char *path = support_file(folder, "schoolgate.conf", text);
    g_autoptr(SgReport) report = sg_report_new();
    SgConfig *config = sg_config_load(path, report);
    g_autofree char *complaints = sg_report_text(report, FALSE);

    support_folder_remove(folder);
    if (!config)
        g_error("the test's configuration is wrong:\n%s", complaints);
    return config;
}

/* A client with that address (of either family) and port. */
G_GNUC_UNUSED static SgClient *client_from(const char *address, guint16 port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return sg_client_new((const struct sockaddr *)&four);
    g_assert_cmpint(inet_pton(AF_INET6, address, &six.sin6_addr), ==, 1);
    return sg_client_new((const struct sockaddr *)&six);
}

static void free_finding(gpointer finding)
{
    sg_finding_free(finding);
}

G_GNUC_UNUSED static SgFinding *finding_of(const char *rule, SgAction action)
{
    SgFinding *finding = g_new0(SgFinding, 1);

    finding->rule = g_strdup(rule);
    finding->title = g_strdup("Chain letter");
    finding->policy = g_strdup("social-media");
    finding->policy_version = g_strdup("June 2020");
    finding->clause = g_strdup("2.6");
    finding->clause_title = g_strdup("Chain letters");
    finding->action = finding->enforced = action;
    finding->points = 7;
    finding->signals = g_ptr_array_new();
    finding->recipients = g_array_new(FALSE, FALSE, sizeof(guint));
    return finding;
}

/* A verdict on `recipients` recipients with one finding, which is about those whose bit is set in
 * `about`. Takes ownership of the finding. */
G_GNUC_UNUSED static SgVerdict *verdict_of(SgFinding *finding, guint recipients, guint about)
{
    SgVerdict *verdict = g_new0(SgVerdict, 1);

    verdict->action = finding->enforced;
    verdict->hold_at_mta = finding->hold_at_mta;
    verdict->alert = finding->alert;
    verdict->findings = g_ptr_array_new_with_free_func(free_finding);
    verdict->recipients = g_array_new(FALSE, TRUE, sizeof(SgAction));
    for (guint i = 0; i < recipients; i++) {
        SgAction action = about & (1u << i) ? finding->enforced : SG_ACTION_PASS;

        g_array_append_val(verdict->recipients, action);
        if (about & (1u << i))
            g_array_append_val(finding->recipients, i);
    }
    g_ptr_array_add(verdict->findings, finding);
    return verdict;
}
