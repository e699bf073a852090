#include "app/commands.h"

Status cmd_version(App *app, Args *args)
{
        TRY(args_done(args));
        buf_puts(&app->out, "kechuang " KC_VERSION "\n");
        return ST_OK;
}
