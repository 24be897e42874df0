/* desk.c - the front of the command line: which verb, and did its words reach the reader */
#include "schoolgate/desk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "options.h"
#include "verbs.h"

static int answer(int argc, char **argv)
{
    if (argc < 2) {
        sg_complain("no verb given; see 'schoolgate help'");
        return EX_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        sg_verbs_print();
        return EX_OK;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        puts("schoolgate " SG_VERSION);
        return EX_OK;
    }
    if (*word == '-') {
        sg_complain("unknown option '%s'; see 'schoolgate help'", word);
        return EX_USAGE;
    }
    const SgVerb *verb = sg_verb_find(word);
    return verb ? verb->run(verb, argc - 1, argv + 1) : sg_verb_unknown(word);
}

int sg_desk_main(int argc, char **argv)
{
    g_set_prgname("schoolgate");
    int code = answer(argc, argv);

    if (fflush(stdout) != 0 || ferror(stdout)) {
        sg_complain("cannot write to standard output: %s", g_strerror(errno));
        return code == EX_OK ? EX_IOERR : code;
    }
    return code;
}
