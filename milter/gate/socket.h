/* socket.h - opens the milter socket, with its owner and mode, before privileges are given up */
#pragma once

#include "schoolgate/config.h"

#include <sys/types.h>

#define SG_SOCKET_ERROR (sg_socket_error_quark())
GQuark sg_socket_error_quark(void);
typedef enum { SG_SOCKET_ERROR_OPEN, SG_SOCKET_ERROR_IN_USE, SG_SOCKET_ERROR_MODE } SgSocketError;

/* Registers the milter with libmilter and listens; smfi_main() goes on with that socket in whatever
 * process calls it. A unix socket belongs to `owner` and `group`. */
gboolean sg_socket_open(const SgGateSettings *settings, uid_t owner, gid_t group, GError **error);

/* Connects, and says nothing: a libmilter that was told to stop looks up at the next connection, or
 * else every five seconds. */
void sg_socket_knock(void);

/* Removes the unix socket that was opened. */
void sg_socket_remove(void);

/* The descriptor that listens, which libmilter keeps to itself; -1 for none. */
int sg_socket_file(void);
