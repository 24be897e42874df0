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

/* trouble.c: pages that say why there is no other. They set the status. */
void sg_page_not_found(const SgWebRequest *request, SgWebReply *reply);
void sg_page_forbidden(const SgWebRequest *request, SgWebReply *reply);
void sg_page_stale(const SgWebRequest *request, SgWebReply *reply);
void sg_page_bad_request(const SgWebRequest *request, SgWebReply *reply);
void sg_page_too_large(const SgWebRequest *request, SgWebReply *reply);
void sg_page_busy(const SgWebRequest *request, SgWebReply *reply);
/* The record could not do it; logged. FORBIDDEN, CONFLICT and NOT_FOUND become their own pages. */
void sg_page_record_error(const SgWebRequest *request, SgWebReply *reply, const GError *error);
