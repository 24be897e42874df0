/* built_in.h - the texts of rules/texts, as they were when this was built */
#pragma once

/* Made by milter/courier/embed, in the order of their names. */
typedef struct SgBuiltIn {
    const char *name;
    const char *text;
} SgBuiltIn;
extern const SgBuiltIn sg_built_in[]; /* ended by one without name */
