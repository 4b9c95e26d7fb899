/* What commands of the remote control show, as JSON in the shapes of Celery 5.6. Inner to control_commands.c. */
#pragma once

#include "queue/control.h"

const char *control_show_requests(Scope *s, const char *node, const ControlRequestList *requests);
/* {id: ["active", request]} of those ids (a JSON array) that are among them. */
const char *control_show_asked(Scope *s, const char *node, const ControlRequestList *requests,
                               json_t *ids);
const char *control_show_names(Scope *s, const TextList *names);
const char *control_show_queues(Scope *s, const TextList *queues);
const char *control_show_stats(Scope *s, int64_t clock, const ControlView *view);
const char *control_show_revoked(Scope *s, const RedisReply *ids, int64_t clock);
