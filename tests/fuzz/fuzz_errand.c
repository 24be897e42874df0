/* fuzz_errand.c - of any bytes that ask for an errand come either no words, or those of the command
 * with one address each, behind what makes them addresses */
#include "../../milter/courier/errand.h"
#include "schoolgate/sender.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(gboolean what)
{
    if (!what)
        abort();
}

static gsize check_recipients(char **to)
{
    gsize size = 0;

    expect(*to != NULL);
    for (; *to; to++) {
        expect(**to != '\0' && strlen(*to) <= 512 && !strpbrk(*to, " \t\r\n<>"));
        size += strlen(*to) + 1;
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const SgErrandRequest request = {.eight_bit = size > 0 ? data[0] & 1 : 0};
    g_autofree char *bytes = g_memdup2(data, size);
    g_autofree char **words = sg_errand_words("/usr/sbin/sendmail", &request, bytes, size);
    char **next = words;
    gsize from;

    if (!words)
        return 0;
    expect(strcmp(*next++, "/usr/sbin/sendmail") == 0);
    expect(strcmp(*next++, "-i") == 0);
    if (request.eight_bit)
        expect(strcmp(*next++, "-B8BITMIME") == 0);
    expect(strcmp(*next++, "-f") == 0);
    expect(**next != '\0' && !strpbrk(*next, " \t\r\n"));
    from = strcmp(*next, "<>") == 0 ? 1 : strlen(*next) + 1;
    next++;
    expect(strcmp(*next++, "--") == 0);
    expect(from + check_recipients(next) == size);
    return 0;
}
