/* Reading the settings: environment, then file, then preset. */

#include "model/settings.h"

#include <sys/stat.h>

#include "model/env_file.h"
#include "model/settings_check.h"
#include "model/settings_names.h"
#include "sys/file.h"

/* The value of a variable in the environment, NULL when it is not there. Names that only differ in
 * case are found too, as the former dursor did, unless there is one that is the same. */
static const char *environment_value(const char *const *variables, const char *name)
{
    size_t size = strlen(name);
    const char *other = NULL;

    for (; *variables; variables++) {
        if (strncasecmp(*variables, name, size) != 0 || (*variables)[size] != '=')
            continue;
        if (strncmp(*variables, name, size) == 0)
            return *variables + size + 1;
        other = *variables + size + 1;
    }
    return other;
}

/* The folder that a variable names when it is absolute, else the place below HOME: the XDG base
 * directory specification says that a relative one counts as not set. NULL without HOME. */
static const char *xdg_folder(Scope *s, const char *const *variables, const char *name,
                              const char *below)
{
    const char *folder = environment_value(variables, name);
    const char *home = environment_value(variables, "HOME");

    if (folder && folder[0] == '/')
        return folder;
    return home && home[0] == '/' ? text(s, "%s/%s", home, below) : NULL;
}

/* Which file is read, and whether it must be there; NULL for none. */
static fallible find_file(Scope *s, const SettingsSource *from, const char **out, bool *named)
{
    const char *file =
        from->file ? from->file : environment_value(from->environ, ENV_FILE_VARIABLE);

    *named = file != NULL;
    if (file && !*file)
        file = NULL;
    if (file && file[0] != '/')
        return fail(
            s, INVALID,
            "%s (environment): \"%s\" is not an absolute path; settings are never read from "
            "the current directory; for example %s=/etc/dursor/.env",
            ENV_FILE_VARIABLE, file, ENV_FILE_VARIABLE);
    if (!*named) {
        const char *folder = xdg_folder(s, from->environ, "XDG_CONFIG_HOME", ".config");
        file = folder ? text(s, "%s/dursor/.env", folder) : NULL;
    }
    *out = file;
    return OK;
}

/* A file with keys in it is nobody else's to read. */
static void check_mode(Scope *s, const char *file, TextList *warnings)
{
    struct stat st;

    if (stat(file, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)))
        texts_add(
            s, warnings,
            text(s, "%s is open to other users of this machine: run chmod 600 %s", file, file));
}

static fallible read_file(Scope *s, const char *file, bool named, EnvEntryList *entries)
{
    Bytes bytes;
    Error *e = file_read(s, file, SETTINGS_FILE_MAX, &bytes);

    if (failed_as(e, MISSING) && !named) {
        error_drop(e, "a settings file at the usual place is optional");
        return OK;
    }
    if (e)
        return fail(s, INVALID, "%s: %s", named ? ENV_FILE_VARIABLE : "settings", e->message);
    TRY_WHILE(env_file_parse(s, bytes, entries), "%s", file);
    return OK;
}

/* Finds the text given for a row and notes its origin. NULL when nobody gave one. */
static const char *given(Scope *s, const Field *field, const SettingsSource *from,
                         const EnvEntryList *entries, SettingOrigin *origin)
{
    const char *name = setting_variable(s, field);
    const char *value = environment_value(from->environ, name);
    const EnvEntry *entry = env_entry_find(entries, name);

    if (value) {
        origin->source = SETTING_ENVIRONMENT;
        return value;
    }
    if (!entry)
        return NULL;
    origin->source = SETTING_FILE;
    origin->line = entry->line;
    return entry->value;
}

static fallible set_all(Scope *s, const SettingsSource *from, const EnvEntryList *entries,
                        const char *file, Settings *settings)
{
    SettingOrigin *origin = settings->origins;

    for (const Field *f = settings_type.fields; f->name; f++, origin++) {
        *origin = (SettingOrigin){.source = SETTING_PRESET, .file = file};
        const char *value = given(s, f, from, entries, origin);

        /* An empty value takes a setting of the file back to its preset. */
        if (value && *text_trim(s, value))
            TRY(setting_set(s, f, text_trim(s, value), origin, settings));
    }
    return OK;
}

/* "~/x" in a file is not expanded by any shell. */
static const char *expand_home(Scope *s, const char *path, const char *home)
{
    return path && home && text_starts(path, "~/") ? text(s, "%s%s", home, path + 1) : path;
}

/* Presets that depend on other settings. */
static fallible derive(Scope *s, const char *const *variables, Settings *settings)
{
    const char *home = environment_value(variables, "HOME");
    const char *state = xdg_folder(s, variables, "XDG_STATE_HOME", ".local/state");

    settings->base_dir = expand_home(s, settings->base_dir, home);
    settings->data_dir = expand_home(s, settings->data_dir, home);
    settings->workspaces_dir = expand_home(s, settings->workspaces_dir, home);
    settings->ca_file = expand_home(s, settings->ca_file, home);
    settings->database_password_file = expand_home(s, settings->database_password_file, home);
    if (!settings->data_dir && settings->base_dir)
        settings->data_dir = text(s, "%s/data", settings->base_dir);
    if (!settings->data_dir && !state)
        return fail(s, INVALID,
                    "there is no HOME to keep data in; for example DURSOR_DATA_DIR=/srv/dursor");
    if (!settings->data_dir)
        settings->data_dir = text(s, "%s/dursor", state);
    if (!settings->workspaces_dir)
        settings->workspaces_dir =
            text(s, "%s/workspaces", settings->base_dir ? settings->base_dir : settings->data_dir);
    if (!settings->database_url)
        settings->database_url = text(s, "sqlite://%s/dursor.db", settings->data_dir);
    if (!settings->bus_url)
        settings->bus_url = text_starts(settings->database_url, "postgres") ? "store:" : "local:";
    if (!settings->blob_url)
        settings->blob_url = text(s, "file://%s/blobs", settings->data_dir);
    if (setting_origin(settings, "git_allow_file")->source == SETTING_PRESET)
        settings->git_allow_file = settings->auth == AUTH_LOCAL;
    if (settings->debug && setting_origin(settings, "log_level")->source == SETTING_PRESET)
        settings->log_level = "DEBUG";
    return OK;
}

fallible settings_load(Scope *s, const SettingsSource *from, Settings **out)
{
    Settings *settings = NEW(s, Settings);
    EnvEntryList entries = {0};
    const char *file;
    bool named;
    size_t rows = 0;

    for (const Field *f = settings_type.fields; f->name; f++)
        rows++;
    settings->origins = NEW_ARRAY(s, SettingOrigin, rows);
    type_presets(s, &settings_type, settings);

    TRY(find_file(s, from, &file, &named));
    if (file) {
        TRY(read_file(s, file, named, &entries));
        check_mode(s, file, &settings->warnings);
    }
    TRY(set_all(s, from, &entries, file, settings));
    TRY(derive(s, from->environ, settings));
    TRY(settings_check(s, settings));
    settings_warn_of_names(s, from->environ, &entries, &settings->warnings);
    *out = settings;
    return OK;
}
