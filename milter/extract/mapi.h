/* mapi.h - Outlook's properties that a reader sees, as TNEF and .msg files hold them */
#pragma once

#include "formats.h"

#define MAPI_SUBJECT   0x0037
#define MAPI_BODY      0x1000
#define MAPI_BODY_RTF  0x1009
#define MAPI_BODY_HTML 0x1013
#define MAPI_DATA      0x3701
#define MAPI_FILE_NAME 0x3704
#define MAPI_LONG_NAME 0x3707

#define MAPI_STRING8 0x1e
#define MAPI_STRING  0x1f
#define MAPI_OBJECT  0x0d
#define MAPI_BINARY  0x102

/* The value of a string property as UTF-8, without the NUL that ends it. */
GString *sg_mapi_string(SgSpan value, guint type);
/* Hands over a property of a message, when it is one that is shown. */
void sg_mapi_read(SgReading *reading, guint id, guint type, SgSpan value, const char *origin,
                  guint depth);
