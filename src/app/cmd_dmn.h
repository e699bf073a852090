/* cmd_dmn.h -- what the files of the dmn commands share. */
#ifndef KC_APP_CMD_DMN_H
#define KC_APP_CMD_DMN_H

#include "app/app.h"
#include "dmn/dmn.h"

Status cmd_dmn_load(App *app, const char *path, bool keep_going, DmnModel **ret) FALLIBLE;
/* name NULL: the only decision there is.  ST_USAGE, ST_NOT_FOUND with the names there are. */
Status cmd_dmn_decision(App *app, const DmnModel *m, const char *name, const DmnDecision **ret) FALLIBLE;

#endif
