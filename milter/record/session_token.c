/* session_token.c - random tokens, and what of them is kept */
#include "account_internal.h"

#include <string.h>

#define TOKEN_BYTES 32

char *sg_session_token_new(void)
{
    guint8 bytes[TOKEN_BYTES];
    char *text;

    sg_id_random(bytes, sizeof bytes);
    text = g_base64_encode(bytes, sizeof bytes);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

char *sg_account_new_device(void)
{
    return sg_session_token_new();
}

char *sg_session_token_digest(const char *token)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
}
