/* log_fields.c - every field that a line of the log may have; schoolgate-log(7) says what each is
 */
#include "schoolgate/log.h"

#define TEXT   SG_FIELD_IS_TEXT
#define NUMBER SG_FIELD_IS_NUMBER
#define LIST   SG_FIELD_IS_LIST

const SgFieldKind sg_field_kinds[SG_FIELDS] = {
    [SG_FIELD_ID] = {"id", TEXT},
    [SG_FIELD_QUEUE] = {"queue", TEXT},
    [SG_FIELD_FROM] = {"from", TEXT},
    [SG_FIELD_ROLE] = {"role", TEXT},
    [SG_FIELD_TO] = {"to", TEXT},
    [SG_FIELD_OTHERS] = {"others", NUMBER},
    [SG_FIELD_RULE] = {"rule", LIST},
    [SG_FIELD_CLAUSE] = {"clause", TEXT},
    [SG_FIELD_ACTION] = {"action", TEXT},
    [SG_FIELD_POINTS] = {"points", NUMBER},
    [SG_FIELD_STATE] = {"state", TEXT},
    [SG_FIELD_WOULD] = {"would", TEXT},
    [SG_FIELD_TOKEN] = {"token", TEXT},
    [SG_FIELD_KIND] = {"kind", TEXT},
    [SG_FIELD_ATTEMPTS] = {"attempts", NUMBER},
    [SG_FIELD_WORDS] = {"words", TEXT},
    [SG_FIELD_TRACE] = {"trace", TEXT},
    [SG_FIELD_STEP] = {"step", TEXT},
    [SG_FIELD_CLIENT] = {"client", TEXT},
    [SG_FIELD_LOGIN] = {"login", TEXT},
    [SG_FIELD_DIRECTION] = {"direction", TEXT},
    [SG_FIELD_WHO] = {"who", TEXT},
    [SG_FIELD_ADDRESS] = {"address", TEXT},
    [SG_FIELD_SOURCE] = {"source", TEXT},
    [SG_FIELD_GROUPS] = {"groups", LIST},
    [SG_FIELD_MEMBERS] = {"members", NUMBER},
    [SG_FIELD_SIZE] = {"size", NUMBER},
    [SG_FIELD_FOLDED] = {"folded", NUMBER},
    [SG_FIELD_HEADERS] = {"headers", NUMBER},
    [SG_FIELD_DEFECTS] = {"defects", LIST},
    [SG_FIELD_LIMITS] = {"limits", LIST},
    [SG_FIELD_TYPE] = {"type", TEXT},
    [SG_FIELD_RESULT] = {"result", TEXT},
    [SG_FIELD_PIECES] = {"pieces", NUMBER},
    [SG_FIELD_BY] = {"by", TEXT},
    [SG_FIELD_NEED] = {"need", NUMBER},
    [SG_FIELD_SIGNALS] = {"signals", LIST},
    [SG_FIELD_ANSWER] = {"answer", TEXT},
    [SG_FIELD_STEPS] = {"steps", LIST},
    [SG_FIELD_STAGE] = {"stage", TEXT},
    [SG_FIELD_US] = {"us", NUMBER},
};
