/* secret.h - asking for a password, so that nobody reads it over a shoulder or in a file */
#pragma once

#include <glib.h>

/* A password from the terminal, typed twice without being shown; or, where standard input is no
 * terminal, its one line. NULL, having said why, when there is none, or the two differ. Free with
 * sg_desk_secret_free(). */
char *sg_desk_ask_password(const char *whose);
/* A secret that is not ours to choose: asked for once by `prompt`, otherwise likewise. */
char *sg_desk_ask_secret(const char *prompt);
/* Overwrites it first. NULL is fine. */
void sg_desk_secret_free(char *secret);
