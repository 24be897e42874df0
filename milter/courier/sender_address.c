/* sender_address.c - which addresses are fit to be handed over */
#include "schoolgate/sender.h"

#include <string.h>

/* No white space or control character ends the address early, and no bracket encloses another.
 * Within quotes a space would be allowed; no mail server passes one on to a milter unharmed. */
gboolean sg_sender_may_name(const char *address)
{
    for (const guchar *c = (const guchar *)address; *c; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '<' || *c == '>')
            return FALSE;
    return strlen(address) <= 512;
}
