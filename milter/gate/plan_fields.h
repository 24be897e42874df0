/* plan_fields.h - header fields as they stand in a message */
#pragma once

#include "schoolgate/span.h"

/* The end of the header field that begins at `at`, its folded lines included. */
gsize sg_field_end(SgSpan headers, gsize at);

/* Whether the field that begins at `at` has that name, in any case. */
gboolean sg_field_is(SgSpan headers, gsize at, const char *name);
