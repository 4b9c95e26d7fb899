/* The credential of local mode. */

#include <sys/stat.h>

#include "identity/local.h"
#include "sys/file.h"
#include "test/test.h"

static fallible given_auth(Scope *s, const char **directory, LocalAuth **auth)
{
    TRY(directory_temporary(s, "/tmp", "auth", directory));
    return local_auth_open(s, *directory, auth);
}

TEST(the_token_is_made_once_and_only_its_owner_can_read_it)
{
    const char *directory;
    LocalAuth *first, *second;
    struct stat about;

    TRY(given_auth(s, &directory, &first));
    TRY(local_auth_open(s, directory, &second));
    CHECK_TEXT(local_token(first), local_token(second));
    CHECK_EQ(stat(text(s, "%s/local-token", directory), &about), 0);
    CHECK_EQ(about.st_mode & 0777, 0600);
    CHECK(local_bearer_valid(second, local_token(first)));
    CHECK(!local_bearer_valid(second, "") && !local_bearer_valid(second, NULL));
    return OK;
}

TEST(a_token_file_that_others_can_read_is_refused)
{
    const char *directory;
    LocalAuth *auth;

    TRY(given_auth(s, &directory, &auth));
    CHECK_EQ(chmod(text(s, "%s/local-token", directory), 0644), 0);
    FAILS(DENIED, local_auth_open(s, directory, &auth));
    return OK;
}

TEST(a_login_code_works_once_and_its_cookie_survives_a_restart)
{
    const char *directory, *cookie;
    LocalAuth *auth, *restarted;

    TRY(given_auth(s, &directory, &auth));
    const char *code = local_login_code(s, auth);
    TRY(local_login(s, auth, code, &cookie));
    FAILS(UNIDENTIFIED, local_login(s, auth, code, &cookie));
    FAILS(UNIDENTIFIED, local_login(s, auth, "", &cookie));
    TRY(local_auth_open(s, directory, &restarted));
    CHECK(local_cookie_valid(s, restarted, cookie));
    return OK;
}

TEST(a_changed_or_foreign_cookie_is_no_cookie)
{
    const char *directory, *other_directory, *cookie;
    LocalAuth *auth, *other;

    TRY(given_auth(s, &directory, &auth));
    TRY(given_auth(s, &other_directory, &other));
    TRY(local_login(s, auth, local_login_code(s, auth), &cookie));
    CHECK(!local_cookie_valid(s, other, cookie));
    CHECK(!local_cookie_valid(s, auth, text(s, "9%s", cookie)));
    CHECK(!local_cookie_valid(s, auth, "1.x") && !local_cookie_valid(s, auth, "") &&
          !local_cookie_valid(s, auth, NULL));
    return OK;
}
