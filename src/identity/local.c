/* The credential of local mode. */

#include "identity/local.h"

#include <sys/stat.h>

#include "base/id.h"
#include "base/time.h"
#include "sys/crypto.h"
#include "sys/file.h"
#include "sys/thread.h"

enum {
    TOKEN_BYTES = 32,
    TOKEN_FILE_MAX = 4096,
    CODE_BYTES = 20,
};

typedef struct LoginCode {
    char code[2 * CODE_BYTES + 1];
    int64_t until; /* clock_us; 0: none */
} LoginCode;

struct LocalAuth {
    const char *token;
    Mutex mutex;
    LoginCode codes[LOGIN_CODES_MAX];
    size_t next;
};

static fallible token_read(Scope *s, const char *path, const char **out)
{
    Bytes bytes;
    struct stat about;

    if (stat(path, &about) == 0 && about.st_mode & 077)
        return fail(s, DENIED, "%s can be read by others: chmod 600 it, or remove it for a new one",
                    path);
    TRY(file_read(s, path, TOKEN_FILE_MAX, &bytes));
    const char *token = text_trim(s, text_of(s, bytes));
    if (strlen(token) < 2 * TOKEN_BYTES)
        return fail(s, INVALID, "%s holds no token: remove it for a new one", path);
    *out = secret_copy(s, bytes_of(token)).data;
    return OK;
}

Error *local_auth_open(Scope *s, const char *secrets_dir, LocalAuth **out)
{
    const char *path = text(s, "%s/local-token", secrets_dir);
    LocalAuth *auth = NEW(s, LocalAuth);

    TRY(directory_make(s, secrets_dir, 0700));
    if (!file_exists(path)) {
        Error *e =
            file_create(s, path, bytes_of(text(s, "%s\n", random_hex(s, TOKEN_BYTES))), 0600);
        if (!failed_as(e, CONFLICT)) /* another process was first: its token counts */
            TRY_WHILE(e, "making the local token");
    }
    TRY(token_read(s, path, &auth->token));
    *out = auth;
    return OK;
}

const char *local_token(const LocalAuth *auth)
{
    return auth->token;
}

const char *local_login_code(Scope *s, LocalAuth *auth)
{
    const char *code = random_hex(s, CODE_BYTES);

    LOCKED (&auth->mutex) {
        LoginCode *slot = &auth->codes[auth->next++ % LOGIN_CODES_MAX];
        memcpy(slot->code, code, sizeof slot->code);
        slot->until = clock_us() + LOGIN_CODE_US;
    }
    return code;
}

static bool code_use(LocalAuth *auth, const char *code)
{
    bool good = false;

    LOCKED (&auth->mutex) {
        for (size_t i = 0; i < LOGIN_CODES_MAX; i++) {
            LoginCode *slot = &auth->codes[i];
            if (slot->until > clock_us() &&
                bytes_equal_secretly(bytes_of(slot->code), bytes_of(code))) {
                slot->until = 0;
                good = true;
            }
        }
    }
    return good;
}

/* "<expiry>.<hmac>": nothing to keep on the server. */
static const char *cookie_signature(Scope *s, const LocalAuth *auth, const char *expiry)
{
    Sha256 sum = hmac_sha256(bytes_of(auth->token), bytes_of(text(s, "session %s", expiry)));

    return base64url(s, sha256_view(&sum));
}

Error *local_login(Scope *s, LocalAuth *auth, const char *code, const char **cookie)
{
    if (!code_use(auth, code))
        return fail_code(s, UNIDENTIFIED, "login_code_invalid",
                         "this login address was used or is older than ten minutes: run 'dursor "
                         "token --login' for a new one");
    const char *expiry = text(s, "%lld", (long long)(time_now().us / US_PER_S + SESSION_COOKIE_S));
    *cookie = text(s, "%s.%s", expiry, cookie_signature(s, auth, expiry));
    return OK;
}

bool local_bearer_valid(const LocalAuth *auth, const char *token)
{
    return token && bytes_equal_secretly(bytes_of(token), bytes_of(auth->token));
}

bool local_cookie_valid(Scope *s, const LocalAuth *auth, const char *cookie)
{
    int64_t expiry;
    const char *dot = cookie ? strchr(cookie, '.') : NULL;

    if (!dot)
        return false;
    const char *until = text_of(s, (Bytes){cookie, (size_t)(dot - cookie)});
    return text_integer(until, 0, INT64_MAX, &expiry) && expiry > time_now().us / US_PER_S &&
           bytes_equal_secretly(bytes_of(dot + 1), bytes_of(cookie_signature(s, auth, until)));
}
