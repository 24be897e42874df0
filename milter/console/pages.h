/* pages.h - the pages, each in a file of its own name */
#pragma once

#include "web.h"

/* sign_in.c */
void sg_page_sign_in(const SgWebRequest *request, SgWebReply *reply);
void sg_page_sign_in_posted(const SgWebRequest *request, SgWebReply *reply);
void sg_page_sign_out(const SgWebRequest *request, SgWebReply *reply);

/* account.c */
void sg_page_account(const SgWebRequest *request, SgWebReply *reply);
void sg_page_account_password(const SgWebRequest *request, SgWebReply *reply);
void sg_page_account_sign_out(const SgWebRequest *request, SgWebReply *reply);

/* account_codes.c */
void sg_page_account_codes(const SgWebRequest *request, SgWebReply *reply);
void sg_page_account_codes_posted(const SgWebRequest *request, SgWebReply *reply);
void sg_page_account_codes_off(const SgWebRequest *request, SgWebReply *reply);

/* assets.c */
void sg_page_asset(const SgWebRequest *request, SgWebReply *reply);

/* start.c */
void sg_page_start(const SgWebRequest *request, SgWebReply *reply);

/* queue.c */
void sg_page_queue(const SgWebRequest *request, SgWebReply *reply);
/* queue_decide.c */
void sg_page_decide_many(const SgWebRequest *request, SgWebReply *reply);
void sg_page_undo_many(const SgWebRequest *request, SgWebReply *reply);
/* live.c */
void sg_page_live(const SgWebRequest *request, SgWebReply *reply);
/* incident.c */
void sg_page_incident(const SgWebRequest *request, SgWebReply *reply);
void sg_page_incident_reveal(const SgWebRequest *request, SgWebReply *reply);
void sg_page_incident_decide(const SgWebRequest *request, SgWebReply *reply);

/* incident_files.c */
void sg_page_incident_headers(const SgWebRequest *request, SgWebReply *reply);
void sg_page_attachment(const SgWebRequest *request, SgWebReply *reply);
void sg_page_attachment_posted(const SgWebRequest *request, SgWebReply *reply);

/* case.c */
void sg_page_case(const SgWebRequest *request, SgWebReply *reply);
/* rules.c, rule_page.c */
void sg_page_rules(const SgWebRequest *request, SgWebReply *reply);
void sg_page_rule(const SgWebRequest *request, SgWebReply *reply);

/* try.c */
void sg_page_try(const SgWebRequest *request, SgWebReply *reply);
void sg_page_try_posted(const SgWebRequest *request, SgWebReply *reply);

/* exempt.c */
void sg_page_exempt(const SgWebRequest *request, SgWebReply *reply);
void sg_page_exempt_posted(const SgWebRequest *request, SgWebReply *reply);

/* exemptions.c */
void sg_page_exemptions(const SgWebRequest *request, SgWebReply *reply);
void sg_page_exemption_agreed(const SgWebRequest *request, SgWebReply *reply);
void sg_page_exemption_ended(const SgWebRequest *request, SgWebReply *reply);
/* reports.c, governors.c */
void sg_page_reports(const SgWebRequest *request, SgWebReply *reply);
void sg_page_reports_csv(const SgWebRequest *request, SgWebReply *reply);
void sg_page_governors(const SgWebRequest *request, SgWebReply *reply);

/* audit.c, audit_export.c */
void sg_page_audit(const SgWebRequest *request, SgWebReply *reply);
void sg_page_audit_verify(const SgWebRequest *request, SgWebReply *reply);
void sg_page_audit_export(const SgWebRequest *request, SgWebReply *reply);

/* health.c */
void sg_page_health(const SgWebRequest *request, SgWebReply *reply);

/* trouble.c: pages that say why there is no other. They set the status. */
/* Asks for the same address once more. */
void sg_page_come_in(const SgWebRequest *request, SgWebReply *reply);
void sg_page_not_found(const SgWebRequest *request, SgWebReply *reply);
void sg_page_forbidden(const SgWebRequest *request, SgWebReply *reply);
void sg_page_stale(const SgWebRequest *request, SgWebReply *reply);
void sg_page_bad_request(const SgWebRequest *request, SgWebReply *reply);
void sg_page_too_large(const SgWebRequest *request, SgWebReply *reply);
void sg_page_busy(const SgWebRequest *request, SgWebReply *reply);
/* The record could not do it; logged. FORBIDDEN, CONFLICT and NOT_FOUND become their own pages. */
void sg_page_record_error(const SgWebRequest *request, SgWebReply *reply, const GError *error);
