/* support.h - builders that keep unit tests to arrange, act, assert */
#pragma once

#include "schoolgate/report.h"

/* A folder of this test's own, removed by support_folder_remove(). Free with g_free(). */
char *support_folder(void);
void support_folder_remove(const char *folder);

/* Writes `text` to `name` within `folder`; returns its path. Free with g_free(). */
char *support_file(const char *folder, const char *name, const char *text);

/* The whole of a file; fails the test when it is not there. Free with g_free(). */
char *support_read(const char *path);

/* Fails the test, showing the report, unless `needle` stands in its text. */
void support_assert_reported(const SgReport *report, const char *needle);
void support_assert_contains(const char *text, const char *needle);
