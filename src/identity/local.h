/* The credential of local mode: one user on one machine, proven by what only that user can read.
 *
 * Programs send the bearer token of <secrets>/local-token (mode 0600, made at the first start).
 * Browsers open a printed address whose fragment holds a login code, post it once within ten minutes
 * and get a cookie signed under the token: it survives restarts and ends when the token file is
 * replaced. A LocalAuth is thread-safe.
 */
#pragma once

#include "base/text.h"

enum {
    LOGIN_CODES_MAX = 16, /* unused ones at once; the oldest goes */
};

#define LOGIN_CODE_US    (10 * 60 * 1000000LL)
#define SESSION_COOKIE   "dursor_session"
#define SESSION_COOKIE_S (180 * 24 * 3600LL)

typedef struct LocalAuth LocalAuth;

/* Makes the token when it is missing. DENIED when the file can be read by others. */
fallible local_auth_open(Scope *s, const char *secrets_dir, LocalAuth **out);
const char *local_token(const LocalAuth *auth);

/* A new code, 160 random bits. */
const char *local_login_code(Scope *s, LocalAuth *auth);
/* The cookie's value for a code that is unused and young; UNIDENTIFIED otherwise. */
fallible local_login(Scope *s, LocalAuth *auth, const char *code, const char **cookie);

bool local_bearer_valid(const LocalAuth *auth, const char *token);
bool local_cookie_valid(Scope *s, const LocalAuth *auth, const char *cookie);
