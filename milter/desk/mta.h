/* mta.h - what the mail server of this machine is told about milters
 *
 * Postfix is asked through its own postconf, which knows every default and takes $names apart;
 * Sendmail's sendmail.cf is read. All of it is of one moment, and nothing is ever changed. */
#pragma once

#include <glib.h>

#define SG_MTA_ERROR (sg_mta_error_quark())
GQuark sg_mta_error_quark(void);
typedef enum {
    SG_MTA_ERROR_NONE,      /* there is no such mail server here */
    SG_MTA_ERROR_UNREADABLE /* it is there, but what it is told could not be read */
} SgMtaError;

typedef enum { SG_MTA_POSTFIX, SG_MTA_SENDMAIL, SG_MTA_KINDS } SgMtaKind;
extern const char *const sg_mta_kind_names[]; /* "postfix", "sendmail"; NULL-terminated */
#define SG_MTA_ANY (-1)

typedef struct SgMta SgMta;

/* Which one, and where; NULL stands for the usual place. */
typedef struct SgMtaWish {
    int kind;                   /* SgMtaKind, or SG_MTA_ANY: Postfix where it is, else Sendmail */
    const char *postfix_config; /* the folder of main.cf and master.cf */
    const char *sendmail_cf;
} SgMtaWish;
#define SG_SENDMAIL_CF "/etc/mail/sendmail.cf"

/* NULL on error. A wish that names a place is a wish for that kind. Free with sg_mta_free(). */
SgMta *sg_mta_read(const SgMtaWish *wish, GError **error);
void sg_mta_free(SgMta *mta);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SgMta, sg_mta_free)

SgMtaKind sg_mta_kind(const SgMta *mta);
/* The folder of main.cf, or the path of sendmail.cf. */
const char *sg_mta_place(const SgMta *mta);

/* The value of a setting: of Postfix any parameter of main.cf by its name, defaults included, with
 * its $names filled in; of Sendmail an option (`O Name=value`) as it stands, or a macro ("DZ",
 * "D{auth_authen}"). NULL when there is none of that name. Borrowed. */
const char *sg_mta_setting(const SgMta *mta, const char *name);

/* Of Postfix: the same as the service has it, whose own `-o name=value` comes first. `service` as
 * in SgMtaService.name. Borrowed. */
const char *sg_mta_service_setting(const SgMta *mta, const char *service, const char *name);

/* What the mail server does with mail while a milter is not there or does not answer. */
typedef enum {
    SG_MTA_ABSENT_TEMPFAIL,   /* the client has to come again: nothing passes, nothing is lost */
    SG_MTA_ABSENT_REJECT,     /* refuses it for good */
    SG_MTA_ABSENT_QUARANTINE, /* holds it, and does not judge it later */
    SG_MTA_ABSENT_PASS,       /* lets it go, unread */
} SgMtaAbsent;

typedef struct SgMtaMilter {
    char *name;    /* Sendmail's name for it; NULL in Postfix, which has none */
    char *address; /* as written: unix:schoolgate/milter.sock, inet:localhost:8891, local:/path */
    SgMtaAbsent absent;
    gint64 connect_time; /* seconds that it is waited for: to answer a connection, */
    gint64 command_time; /* a command, */
    gint64 content_time; /* and the end of a message */
    int protocol;        /* Postfix's milter_protocol; 0 for Sendmail */
} SgMtaMilter;

/* One way by which mail comes in. */
typedef struct SgMtaService {
    char *name;    /* as in master.cf, "smtp/inet", "pickup/unix"; Sendmail's daemon by its name */
    char *command; /* "smtpd", "pickup", "qmqpd"; "sendmail" */
    char *asking;  /* the service that asks its milters: itself, or the cleanup that it hands to */
    gboolean by_network;  /* mail comes from other machines, or from this one by SMTP */
    gboolean chrooted;    /* it sees the queue folder as / */
    gboolean own_milters; /* it has a list of its own, instead of the one for all */
    gboolean milters_off; /* receive_override_options has no_milters: the list is not used */
    GPtrArray *milters;   /* of SgMtaMilter, in the order in which they are asked */
} SgMtaService;

/* Of SgMtaService, in the order of the file; of Postfix smtpd, pickup (what sendmail(1) hands in)
 * and qmqpd. Borrowed. */
const GPtrArray *sg_mta_services(const SgMta *mta);

/* The milters that mail meets when it comes in over the network, or from this machine's own
 * programs, unless a service has others. Of SgMtaMilter; borrowed. */
const GPtrArray *sg_mta_network_milters(const SgMta *mta);
const GPtrArray *sg_mta_local_milters(const SgMta *mta);

/* The path of a unix socket, as a mail server or schoolgate.conf writes it; NULL for one on a port.
 * Borrowed. */
const char *sg_socket_path(const char *address);
/* Host and port of `inet:PORT@HOST`, libmilter's and Sendmail's way, or `inet:HOST:PORT`,
 * Postfix's; the host is "" where none is named. FALSE for what is neither. Free both with
 * g_free(). */
gboolean sg_socket_port(const char *address, char **host, char **port);

/* Where `service` looks for the unix socket of `milter`, as it is seen from outside its chroot;
 * NULL for one on a port. `service` may be NULL: one without a chroot. Free with g_free(). */
char *sg_mta_socket_path(const SgMta *mta, const SgMtaService *service, const SgMtaMilter *milter);

/* Whether `milter` stands for `socket`, which is written as in schoolgate.conf (`unix:/path`,
 * `inet:port@host`). A unix socket is the same when it is the same file, or would be. */
gboolean sg_mta_is_socket(const SgMta *mta, const SgMtaService *service, const SgMtaMilter *milter,
                          const char *socket);
/* The first of `milters` that does; NULL for none, and for milters that are off. Borrowed. */
const SgMtaMilter *sg_mta_milter_at(const SgMta *mta, const SgMtaService *service,
                                    const char *socket);

/* How this mail server must be told of `socket`, that of schoolgate.conf: for Postfix relative to
 * its queue folder where it lies within, so that it is found from a chroot too. NULL for what is no
 * socket. Free with g_free(). */
char *sg_mta_address_for(const SgMta *mta, const char *socket);
