/* fuzz_header.c - any value of a header is decoded to a line of valid UTF-8, in linear time */
#include "schoolgate/message.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *raw = g_strndup((const char *)data, size);
    g_autofree char *decoded = sg_header_decode(raw);

    if (!g_utf8_validate(decoded, -1, NULL) || strpbrk(decoded, "\r\n"))
        abort();
    return 0;
}
