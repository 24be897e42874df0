/* directory_case.h - a directory of the configuration, for tests that ask no server */
#pragma once

#include "../../milter/directory/directory_internal.h"
#include "support.h"

#define BASE  "dc=kingsmead,dc=example"
#define STAFF "    role staff (title=teacher)\n"

/* One that has a server, the base and these settings. */
static SgDirectory *directory_of(const char *settings, SgReport *report)
{
    g_autofree char *config = g_strconcat("directory test\n    server ldaps://dc1.example\n"
                                          "    base " BASE "\n",
                                          settings, NULL);
    g_autoptr(GBytes) text = g_bytes_new(config, strlen(config));
    g_autoptr(GPtrArray) blocks = sg_blocks_read("test.conf", text, report);

    return sg_directory_read(blocks->pdata[0], report);
}
