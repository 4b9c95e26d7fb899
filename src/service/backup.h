/* The whole state of the embedded default in one file, and back.
 *
 * A backup holds the database as it is at one moment, the secrets that open what is sealed in it, and
 * the branches of runs as git bundles (docs/data.md). It may be made while the server runs.
 */
#pragma once

#include "service/app.h"

#define BACKUP_FORMAT "dursor-backup"

/* CONFLICT when the file is there already. The file opens everything: it is made for its owner only. */
fallible state_backup(Scope *s, App *app, const char *path);

typedef struct RestoreReport {
    const char *aside; /* where the state before went; NULL: there was none */
    int64_t branches;  /* repositories whose run branches are back */
    TextList notes;    /* those whose are not yet, and why */
} RestoreReport;

/* Puts the state of the backup in the place that the settings name. CONFLICT when there is one and
 * force is false, or while a server runs there. All is checked before anything moves. */
fallible state_restore(Scope *s, const Settings *settings, const char *path, bool force,
                       RestoreReport *out);
