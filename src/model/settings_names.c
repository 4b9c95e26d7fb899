/* Names of variables: made from members, and compared with what was mistyped. */

#include "model/settings_names.h"

#include <ctype.h>

enum {
    NEAR_EDITS = 2,     /* letters put in, left out or changed */
    NEAR_NAME_MAX = 64, /* bytes; a longer name is near to none */
};

/* What the former dursor read and this one does not need, or not yet. */
static const char *const former_names[] = {
    "AGENTIC_AUTO_MERGE",
    "AGENTIC_ENABLED",
    "AGENTIC_MAX_CI_ITERATIONS",
    "AGENTIC_MAX_REVIEW_ITERATIONS",
    "AGENTIC_MAX_TOTAL_ITERATIONS",
    "AGENTIC_TIMEOUT_MINUTES",
    "CI_POLLING_ENABLED",
    "CI_POLLING_INTERVAL_SECONDS",
    "CI_POLLING_TIMEOUT_MINUTES",
    "CLAUDE_CLI_PATH",
    "CODEX_CLI_PATH",
    "COVERAGE_THRESHOLD",
    "GEMINI_CLI_PATH",
    "GITHUB_APP_ID",
    "GITHUB_APP_INSTALLATION_ID",
    "GITHUB_APP_PRIVATE_KEY",
    "MERGE_DELETE_BRANCH",
    "MERGE_METHOD",
    "NOTIFY_EMAIL",
    "NOTIFY_ON_COMPLETE",
    "NOTIFY_ON_FAILURE",
    "NOTIFY_ON_READY",
    "NOTIFY_ON_WARNING",
    "REVIEW_MIN_SCORE",
    "SLACK_WEBHOOK_URL",
    "WARN_ITERATION_THRESHOLD",
    "WEBHOOK_SECRET",
    "WORKTREES_DIR",
};

const char *setting_variable(Scope *s, const Field *field)
{
    Buffer b = buffer_in(s);

    if (!(field->flags & UNPREFIXED))
        buffer_text(&b, "DURSOR_");
    for (const char *c = field->name; *c; c++)
        buffer_char(&b, (char)toupper((unsigned char)*c));
    return buffer_string(&b);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Edits that turn one name into the other (Levenshtein), by rows of the usual table. */
static int edits_between(const char *a, const char *b)
{
    int row[NEAR_NAME_MAX + 1];
    size_t width = strlen(b);

    for (size_t i = 0; i <= width; i++)
        row[i] = (int)i;
    for (; *a; a++) {
        int corner = row[0]++;
        for (size_t i = 1; i <= width; i++) {
            int replaced = corner + (*a != b[i - 1]);
            corner = row[i];
            row[i] = least(replaced, least(row[i], row[i - 1]) + 1);
        }
    }
    return row[width];
}

const char *setting_near(Scope *s, const char *name)
{
    const char *best = NULL, *bare = text_starts(name, "DURSOR_") ? name + 7 : name;
    int best_edits = NEAR_EDITS + 1;

    if (strlen(name) > NEAR_NAME_MAX)
        return NULL;
    for (const Field *f = settings_type.fields; f->name; f++) {
        const char *known = setting_variable(s, f);
        int edits = least(edits_between(name, known), edits_between(bare, known));

        if (edits < best_edits) {
            best = known;
            best_edits = edits;
        }
    }
    return best;
}

static bool known(Scope *s, const char *name)
{
    for (const Field *f = settings_type.fields; f->name; f++)
        if (strcasecmp(setting_variable(s, f), name) == 0)
            return true;
    return false;
}

static bool was_known(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(former_names); i++)
        if (strcasecmp(former_names[i], name) == 0)
            return true;
    return false;
}

/* Those of a test run, and the one that names the file, are no settings. */
static bool is_other(const char *name)
{
    return text_equal(name, ENV_FILE_VARIABLE) || text_starts(name, "DURSOR_TEST_");
}

static void warn(Scope *s, const char *name, const char *where, TextList *warnings)
{
    bool ours = strncasecmp(name, "DURSOR_", 7) == 0;

    if (is_other(name) || known(s, name) || (ours && was_known(name + 7)))
        return;
    const char *near = setting_near(s, name);
    if (near)
        texts_add(s, warnings,
                  text(s, "%s (%s) is no setting: did you mean %s?", name, where, near));
    else if (ours)
        texts_add(s, warnings, text(s, "%s (%s) is no setting", name, where));
}

void settings_warn_of_names(Scope *s, const char *const *variables, const EnvEntryList *entries,
                            TextList *warnings)
{
    SCOPE(tmp, s);
    TextList found = {0};

    for (; *variables; variables++) {
        size_t size = strcspn(*variables, "=");

        if (size <= NEAR_NAME_MAX && strncasecmp(*variables, "DURSOR_", 7) == 0)
            warn(tmp, text_of(tmp, (Bytes){*variables, size}), "environment", &found);
    }
    EACH (const EnvEntry, entry, entries)
        warn(tmp, entry->name, text(tmp, "line %d of the settings file", entry->line), &found);
    EACH (const char *, sentence, &found)
        texts_add(s, warnings, *sentence);
}
