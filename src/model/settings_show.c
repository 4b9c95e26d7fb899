/* Settings for eyes: origins, masked values, lists of all. */

#include "base/json.h"
#include "model/settings_check.h"

enum {
    QUOTED_MAX = 80,       /* characters of a wrong value that a message repeats */
    VALUE_COLUMNS_MAX = 48 /* width of the column of values; longer ones push their origin aside */
};

#define MASK "***"

const SettingOrigin *setting_origin(const Settings *settings, const char *name)
{
    const SettingOrigin *origin = settings->origins;

    for (const Field *f = settings_type.fields; f->name; f++, origin++)
        if (text_equal(f->name, name))
            return origin;
    return NULL;
}

const char *setting_origin_text(Scope *s, const SettingOrigin *origin)
{
    switch (origin->source) {
    case SETTING_ENVIRONMENT:
        return "environment";
    case SETTING_FILE:
        return text(s, "%s:%d", origin->file, origin->line);
    case SETTING_PRESET:
        break;
    }
    return "default";
}

static bool is_secret_word(Bytes name)
{
    static const char *const words[] = {"password", "passwd", "token",       "secret",
                                        "key",      "sig",    "sslpassword", NULL};

    for (const char *const *w = words; *w; w++)
        if (strlen(*w) == name.size && strncasecmp(*w, name.data, name.size) == 0)
            return true;
    return false;
}

/* Copies NAME=VALUE parts, with the value of what sounds secret masked. */
static void mask_query(Buffer *b, const char *query)
{
    while (*query) {
        size_t size = strcspn(query, "&"), name = strcspn(query, "=&");

        if (name < size && is_secret_word((Bytes){query, name})) {
            buffer_add(b, query, name + 1);
            buffer_text(b, MASK);
        } else {
            buffer_add(b, query, size);
        }
        query += size;
        if (*query)
            buffer_char(b, *query++);
    }
}

/* The user's part of an address: a password is masked, and a user alone as well where it is
 * commonly a token. */
static void mask_user(Buffer *b, Bytes user, bool token)
{
    const char *colon = memchr(user.data, ':', user.size);

    if (colon)
        buffer_add(b, user.data, (size_t)(colon - user.data) + 1);
    if (colon || token)
        buffer_text(b, MASK);
    else
        buffer_bytes(b, user);
}

static const char *mask_url(Scope *s, const char *url)
{
    Buffer b = buffer_in(s);
    const char *start = strstr(url, "://");

    if (!start)
        return url;
    start += 3;
    const char *end = start + strcspn(start, "/?#"),
               *at = memrchr(start, '@', (size_t)(end - start));
    const char *rest = at ? at : start, *query = strchr(rest, '?');

    buffer_add(&b, url, (size_t)(start - url));
    if (at)
        mask_user(&b, (Bytes){start, (size_t)(at - start)}, text_starts(url, "http"));
    buffer_add(&b, rest, query ? (size_t)(query - rest) + 1 : strlen(rest));
    if (query)
        mask_query(&b, query + 1);
    return buffer_string(&b);
}

const char *setting_quoted(Scope *s, const Field *field, const char *value)
{
    if (field->flags & SECRET)
        return "the value";
    return text(s, "\"%s\"",
                text_head(s, mask_url(s, text_clean(s, bytes_of(value), NULL)), QUOTED_MAX));
}

const char *setting_shown(Scope *s, const Settings *settings, const Field *field)
{
    const char *value = field_to_text(s, field, settings);

    if (field->kind == FIELD_TEXTS) {
        const TextList *texts = CONST_MEMBER(TextList, settings, field);
        value = texts->count ? text_join(s, texts, ",") : NULL;
    }
    if (value && (field->flags & SECRET))
        return MASK;
    return value ? mask_url(s, value) : NULL;
}

static void pad(Buffer *b, const char *t, size_t columns)
{
    buffer_text(b, t);
    for (size_t i = utf8_columns(t); i < columns; i++)
        buffer_char(b, ' ');
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static const char *or_dash(const char *value)
{
    return value ? value : "-";
}

void settings_print(Buffer *b, const Settings *settings)
{
    SCOPE(tmp, b->s);
    const SettingOrigin *origin = settings->origins;
    size_t names = 0, values = 0;

    for (const Field *f = settings_type.fields; f->name; f++) {
        size_t width = utf8_columns(or_dash(setting_shown(tmp, settings, f)));

        names = larger(names, strlen(setting_variable(tmp, f)));
        values = larger(values, width > VALUE_COLUMNS_MAX ? 0 : width);
    }
    for (const Field *f = settings_type.fields; f->name; f++, origin++) {
        pad(b, setting_variable(tmp, f), names + 2);
        pad(b, or_dash(setting_shown(tmp, settings, f)), values);
        buffer_format(b, "  %s\n", setting_origin_text(tmp, origin));
    }
}

void settings_print_json(Buffer *b, const Settings *settings)
{
    SCOPE(tmp, b->s);
    const SettingOrigin *origin = settings->origins;
    JsonWriter w = json_writer(b);

    json_open(&w, '[');
    for (const Field *f = settings_type.fields; f->name; f++, origin++) {
        json_open(&w, '{');
        json_key(&w, "variable");
        json_put_text(&w, setting_variable(tmp, f));
        json_key(&w, "value");
        json_put_text(&w, setting_shown(tmp, settings, f));
        json_key(&w, "origin");
        json_put_text(&w, setting_origin_text(tmp, origin));
        json_key(&w, "about");
        json_put_text(&w, f->about);
        json_close(&w, '}');
    }
    json_close(&w, ']');
}

/* What may stand behind the '=', beyond what the about sentence says. */
static void print_bounds(Buffer *b, const Field *f)
{
    if (f->kind == FIELD_INT)
        buffer_format(b, "# From %lld to %lld.\n", (long long)f->least, (long long)f->most);
    if (f->kind == FIELD_BOOL)
        buffer_text(b, "# true or false.\n");
    if (f->kind != FIELD_ENUM)
        return;
    buffer_text(b, "# One of");
    for (const Name *n = f->names; n->name; n++)
        buffer_format(b, "%s %s", n == f->names ? "" : ",", n->name);
    buffer_text(b, ".\n");
}

void settings_print_example(Buffer *b)
{
    SCOPE(tmp, b->s);

    buffer_text(
        b,
        "# Settings of dursor: copy this to ~/.config/dursor/.env (chmod 600), or name it in\n"
        "# DURSOR_ENV_FILE. The environment wins over the file, the file over the presets, which\n"
        "# stand here. `dursor config` shows what is in force, and where it was set.\n");
    for (const Field *f = settings_type.fields; f->name; f++) {
        buffer_format(b, "\n# %s\n", f->about);
        print_bounds(b, f);
        buffer_format(b, "#%s=%s\n", setting_variable(tmp, f), f->preset ? f->preset : "");
    }
}
