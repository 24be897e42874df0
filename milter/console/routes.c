/* routes.c - see routes.h */
#include "routes.h"

#include "pages.h"

#include <string.h>

const SgWebRoute sg_web_routes[] = {
    {SG_WEB_GET, "/sign-in", SG_FOR_ANYBODY, SG_BODY_NONE, sg_page_sign_in},
    {SG_WEB_POST, "/sign-in", SG_FOR_ANYBODY, SG_BODY_FORM, sg_page_sign_in_posted},
    {SG_WEB_POST, "/sign-out", SG_FOR_ALL, SG_BODY_FORM, sg_page_sign_out},
    {SG_WEB_GET, "/account", SG_FOR_ALL, SG_BODY_NONE, sg_page_account},
    {SG_WEB_POST, "/account/password", SG_FOR_ALL, SG_BODY_FORM, sg_page_account_password},
    {SG_WEB_GET, "/account/codes", SG_FOR_ALL, SG_BODY_NONE, sg_page_account_codes},
    {SG_WEB_POST, "/account/codes", SG_FOR_ALL, SG_BODY_FORM, sg_page_account_codes_posted},
    {SG_WEB_POST, "/account/codes/off", SG_FOR_ALL, SG_BODY_FORM, sg_page_account_codes_off},
    {SG_WEB_POST, "/account/sign-out", SG_FOR_ALL, SG_BODY_FORM, sg_page_account_sign_out},
    {SG_WEB_GET, "/assets/*/*", SG_FOR_ANYBODY, SG_BODY_NONE, sg_page_asset},
    {SG_WEB_GET, "/reports", SG_FOR_ALL, SG_BODY_NONE, sg_page_reports},
    {SG_WEB_GET, "/reports.csv", SG_FOR_ALL, SG_BODY_NONE, sg_page_reports_csv},
    {SG_WEB_GET, "/governors", SG_FOR_ALL, SG_BODY_NONE, sg_page_governors},
    {SG_WEB_GET, "/audit", SG_FOR_DECIDERS | SG_FOR_AUDITOR, SG_BODY_NONE, sg_page_audit},
    {SG_WEB_POST, "/audit/verify", SG_FOR_DECIDERS | SG_FOR_AUDITOR, SG_BODY_FORM,
     sg_page_audit_verify},
    {SG_WEB_GET, "/audit.csv", SG_FOR_HEAD | SG_FOR_AUDITOR, SG_BODY_NONE, sg_page_audit_export},
    {SG_WEB_GET, "/health", SG_FOR_ALL, SG_BODY_NONE, sg_page_health},
    {SG_WEB_GET, "/", SG_FOR_ALL, SG_BODY_NONE, sg_page_start},
    {SG_WEB_GET, "/live", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_live},
    {SG_WEB_POST, "/decide", SG_FOR_DECIDERS, SG_BODY_FORM, sg_page_decide_many},
    {SG_WEB_POST, "/undo", SG_FOR_DECIDERS, SG_BODY_FORM, sg_page_undo_many},
    {SG_WEB_GET, "/incident/*", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_incident},
    {SG_WEB_POST, "/incident/*/reveal", SG_FOR_REVIEWERS, SG_BODY_FORM, sg_page_incident_reveal},
    {SG_WEB_POST, "/incident/*/decide", SG_FOR_DECIDERS, SG_BODY_FORM, sg_page_incident_decide},
    {SG_WEB_GET, "/incident/*/headers", SG_FOR_DECIDERS, SG_BODY_NONE, sg_page_incident_headers},
    {SG_WEB_GET, "/incident/*/attachment/*", SG_FOR_DECIDERS, SG_BODY_NONE, sg_page_attachment},
    {SG_WEB_POST, "/incident/*/attachment/*", SG_FOR_DECIDERS, SG_BODY_FORM,
     sg_page_attachment_posted},
    {SG_WEB_GET, "/incident/*/case", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_case},
    {SG_WEB_GET, "/rules", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_rules},
    {SG_WEB_GET, "/rules/*", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_rule},
    {SG_WEB_GET, "/try", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_try},
    {SG_WEB_POST, "/try", SG_FOR_REVIEWERS, SG_BODY_MESSAGE, sg_page_try_posted},
    {SG_WEB_GET, "/incident/*/exempt", SG_FOR_DECIDERS, SG_BODY_NONE, sg_page_exempt},
    {SG_WEB_POST, "/incident/*/exempt", SG_FOR_DECIDERS, SG_BODY_FORM, sg_page_exempt_posted},
    {SG_WEB_GET, "/exemptions", SG_FOR_REVIEWERS, SG_BODY_NONE, sg_page_exemptions},
    {SG_WEB_POST, "/exemptions/*/agree", SG_FOR_DECIDERS, SG_BODY_FORM, sg_page_exemption_agreed},
    {SG_WEB_POST, "/exemptions/*/end", SG_FOR_DECIDERS, SG_BODY_FORM, sg_page_exemption_ended},
    {0},
};

/* A star is for one part that is not empty. */
static gboolean matches(const char *pattern, const char *path, GPtrArray *parts)
{
    g_ptr_array_set_size(parts, 0);
    for (; *pattern; pattern++) {
        gsize len = *pattern == '*' ? strcspn(path, "/") : *pattern == *path;

        if (len == 0)
            return FALSE;
        if (*pattern == '*')
            g_ptr_array_add(parts, g_strndup(path, len));
        path += len;
    }
    return *path == '\0';
}

SgRouteResult sg_web_route_find(SgWebMethod method, const char *path, const SgWebRoute **route,
                                char ***parts)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    SgRouteResult result = SG_ROUTE_NOWHERE;

    for (const SgWebRoute *at = sg_web_routes; at->path; at++) {
        if (!matches(at->path, path, found))
            continue;
        if (at->method != method) {
            result = SG_ROUTE_OTHER_METHOD;
            continue;
        }
        *route = at;
        g_ptr_array_add(found, NULL);
        *parts = (char **)g_ptr_array_steal(found, NULL);
        return SG_ROUTE_FOUND;
    }
    return result;
}

gboolean sg_web_route_is_for(const SgWebRoute *route, const SgReviewer *reviewer)
{
    if (route->for_roles & SG_FOR_ANYBODY)
        return TRUE;
    return reviewer && route->for_roles & (1U << reviewer->role);
}

gboolean sg_web_may(const SgReviewer *reviewer, SgWebMethod method, const char *path)
{
    const SgWebRoute *route;
    g_auto(GStrv) parts = NULL;

    return sg_web_route_find(method, path, &route, &parts) == SG_ROUTE_FOUND &&
           sg_web_route_is_for(route, reviewer);
}
