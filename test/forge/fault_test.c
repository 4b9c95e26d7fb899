/* GitHub's refusals in words. */

#include "forge/github_fault.h"
#include "test/test.h"

/* The failure for a status with one header and a body. */
static Error *fault(Scope *s, int status, Pair header, const char *body)
{
    HttpReply reply = {.status = status};
    json_t *json = NULL;

    pairs_add(s, &reply.headers, header.name, header.value);
    TRY(json_parse(s, bytes_of(body), &json));
    return github_fault(s, &(GithubFault){.reply = &reply,
                                          .body = json,
                                          .what = "octo/app",
                                          .doing = "creating the pull request",
                                          .date = {1000 * US_PER_S}});
}

static const Pair none = {"x-none", ""};

typedef struct Case {
    int status;
    const char *body;
    const char *code;
    const char *part; /* of the sentence */
} Case;

static const Case cases[] = {
    {401, "{\"message\":\"Bad credentials\"}", "forge_credentials", "renew the token"},
    {403, "{\"message\":\"Resource not accessible by integration\"}", "forge_permission",
     "Pull requests"},
    {403, "{\"message\":\"Repository was archived so is read-only.\"}", "forge_archived",
     "unarchive"},
    {403, "{\"message\":\"You have exceeded a secondary rate limit\"}", "forge_limited",
     "secondary rate limit"},
    {404, "{\"message\":\"Not Found\"}", "forge_hidden", "install the GitHub App"},
    {422,
     "{\"message\":\"Validation Failed\",\"errors\":[{\"field\":\"head\",\"code\":\"invalid\"}]}",
     "forge_branch_missing", "no such branch"},
    {422,
     "{\"message\":\"Validation Failed\",\"errors\":[{\"field\":\"base\",\"code\":\"invalid\"}]}",
     "forge_base_missing", "another base"},
    {422,
     "{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"A pull request already exists "
     "for octo:x.\"}]}",
     "forge_pull_exists", "already"},
    {422, "{\"message\":\"Validation Failed\",\"errors\":[\"No commits between main and x\"]}",
     "forge_nothing_new", "nothing to ask for"},
    {422, "{\"message\":\"Something new\",\"errors\":42}", "forge_refused", "something new"},
    {500, "[]", "forge_away", "try again"},
    {301, "{}", "forge_moved", "new address"},
};

TEST(each_refusal_has_its_code_and_its_next_step)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error *e = fault(s, cases[i].status, none, cases[i].body);
        CHECK_TEXT(e->code, cases[i].code);
        CHECK_HAS(e->message, cases[i].part);
        CHECK_HAS(e->message, "creating the pull request: ");
    }
    return OK;
}

TEST(a_limit_says_how_long_to_wait)
{
    const char *body = "{\"message\":\"API rate limit exceeded\"}";
    Error *e = fault(s, 403, (Pair){"retry-after", "7"}, body);

    CHECK(failed_as(e, LIMITED));
    CHECK_EQ(e->retry_after_us, 7 * US_PER_S);
    CHECK_EQ(fault(s, 429, none, body)->retry_after_us, US_PER_MIN);
    return OK;
}

TEST(single_sign_on_is_told_from_a_missing_permission)
{
    Error *e = fault(s, 403, (Pair){"x-github-sso", "required; url=https://example.com"},
                     "{\"message\":\"Resource protected by organization SAML enforcement\"}");

    CHECK_TEXT(e->code, "forge_sso");
    return OK;
}
