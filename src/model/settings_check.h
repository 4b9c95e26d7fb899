/* What a setting's value may be, beyond its type. Part of settings.h; nobody else includes this. */
#pragma once

#include "model/settings.h"

/* Gives the member its value from a text that is not empty. INVALID as settings_load says. */
fallible setting_set(Scope *s, const Field *field, const char *value, const SettingOrigin *origin,
                     Settings *settings);

/* What no single value shows: one setting against another. Also brings paths and URLs into their
 * one form. */
fallible settings_check(Scope *s, Settings *settings);

/* A value that would be accepted; for rows whose preset does not tell. */
const char *setting_example(const Field *field);

/* A wrong value for a message: in quotes, cut, passwords masked; nothing of a secret. */
const char *setting_quoted(Scope *s, const Field *field, const char *value);
