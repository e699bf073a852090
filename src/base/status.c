#include "base/status.h"

static const struct {
        const char *name;
        int exit_code;
        const char *zh;
        const char *en;
} statuses[] = {
#define STATUS_ROW(code, exit_code, zh, en) [code] = { #code, exit_code, zh, en },
        STATUS_LIST(STATUS_ROW)
#undef STATUS_ROW
};

static int known(Status st)
{
        return (unsigned)st < (unsigned)ST_COUNT_;
}

const char *status_text(Status st, Lang lang)
{
        if (!known(st))
                st = ST_INTERNAL;
        return lang == LANG_EN ? statuses[st].en : statuses[st].zh;
}

const char *status_name(Status st)
{
        return known(st) ? statuses[st].name : "ST_?";
}

int status_exit_code(Status st)
{
        return known(st) ? statuses[st].exit_code : 3;
}
