/* GitHub's refusals in words. What it answers is described per operation on docs.github.com/rest; the
 * texts of its messages are no contract, so that what is not known is passed on as it was said. */

#include "forge/github_fault.h"

enum { SAID_MAX = 300 /* characters of GitHub's own message that are passed on */ };

#define LIMIT_PRESET_US (60 * US_PER_S) /* GitHub's advice for secondary limits that name no time */

static const char *said(Scope *s, const GithubFault *f)
{
    const char *message = f->body ? json_at_text(f->body, "message") : NULL;

    return message ? text_head(s, message, SAID_MAX) : text(s, "status %d", f->reply->status);
}

/* GitHub's message and those of its list of errors, in lower case, to look for words in. */
static const char *all_said(Scope *s, const GithubFault *f)
{
    Buffer b = buffer_in(s);
    json_t *errors = f->body ? json_at(f->body, "errors") : NULL;
    json_t *one;
    size_t i;

    buffer_text(&b, said(s, f));
    json_array_foreach(errors, i, one)
    {
        const char *message =
            json_is_string(one) ? json_string_value(one) : json_at_text(one, "message");
        const char *field = json_at_text(one, "field"), *code = json_at_text(one, "code");
        buffer_format(&b, "; %s%s%s",
                      message ? message
                      : field ? field
                              : "",
                      message ? "" : " ",
                      message ? ""
                      : code  ? code
                              : "");
    }
    return text_lower(s, buffer_string(&b));
}

/* ---- Too many requests ---- */

static int64_t wait_of(const GithubFault *f)
{
    int64_t reset, us = http_retry_after(&f->reply->headers);
    const char *at = header_get(&f->reply->headers, "x-ratelimit-reset");
    const char *left = header_get(&f->reply->headers, "x-ratelimit-remaining");

    if (us > 0)
        return us;
    if (at && text_equal(left, "0") && text_integer(at, 1, INT64_MAX / US_PER_S, &reset)) {
        int64_t now = f->date.us ? f->date.us : time_now().us;
        return reset * US_PER_S > now ? reset * US_PER_S - now : US_PER_S;
    }
    return LIMIT_PRESET_US;
}

static bool limited(const GithubFault *f, const char *words)
{
    const PairList *headers = &f->reply->headers;

    return f->reply->status == 429 ||
           (f->reply->status == 403 &&
            (strstr(words, "rate limit") || strstr(words, "abuse detection") ||
             header_get(headers, "retry-after") ||
             text_equal(header_get(headers, "x-ratelimit-remaining"), "0")));
}

static Error *limit_fault(Scope *s, const GithubFault *f, const char *words)
{
    int64_t us = wait_of(f), seconds = (us + US_PER_S - 1) / US_PER_S;
    const char *which = strstr(words, "secondary") || strstr(words, "abuse")
                            ? "secondary rate limit"
                            : "rate limit";

    return error_retry_after(
        fail_code(s, LIMITED, "forge_limited",
                  "%s: GitHub's %s is used up: try again in %lld seconds (nothing was done twice)",
                  f->doing, which, (long long)seconds),
        us);
}

/* ---- Not allowed ---- */

static Error *permission_fault(Scope *s, const GithubFault *f)
{
    return error_param(
        fail_code(
            s, DENIED, "forge_permission",
            "%s: the GitHub App or token lacks write access to %s: give it the permissions "
            "Contents "
            "\"Read and write\" and Pull requests \"Read and write\", and install the App on the "
            "repository (GitHub said: %s)",
            f->doing, f->what, said(s, f)),
        "repo", f->what);
}

static Error *denied_fault(Scope *s, const GithubFault *f, const char *words)
{
    if (strstr(words, "archived"))
        return error_param(
            fail_code(s, DENIED, "forge_archived",
                      "%s: %s is archived and read-only: unarchive it in its settings on GitHub, "
                      "or work on a fork",
                      f->doing, f->what),
            "repo", f->what);
    if (header_get(&f->reply->headers, "x-github-sso"))
        return error_param(
            fail_code(s, DENIED, "forge_sso",
                      "%s: the organisation of %s wants single sign-on: authorise the token for "
                      "it in your token settings on GitHub",
                      f->doing, f->what),
            "repo", f->what);
    if (strstr(words, "protected branch") || strstr(words, "rule violations"))
        return error_param(fail_code(s, DENIED, "forge_protected",
                                     "%s: a protection rule of %s stands against it: %s", f->doing,
                                     f->what, said(s, f)),
                           "repo", f->what);
    return permission_fault(s, f);
}

static Error *credentials_fault(Scope *s, const GithubFault *f)
{
    return fail_code(s, DENIED, "forge_credentials",
                     "%s: GitHub does not accept the credentials: check the App's id and private "
                     "key, or renew the token (GitHub said: %s)",
                     f->doing, said(s, f));
}

/* GitHub hides what one may not see as if it were not there. */
static Error *hidden_fault(Scope *s, const GithubFault *f)
{
    return error_param(
        fail_code(s, MISSING, "forge_hidden",
                  "%s: GitHub shows no %s to this access: check the name; if it is there, install "
                  "the GitHub App on it, or give the token access to it with Contents and Pull "
                  "requests \"Read and write\"",
                  f->doing, f->what),
        "repo", f->what);
}

/* ---- Refused as it stands ---- */

typedef struct Refusal {
    const char *words;
    ErrorKind kind;
    const char *code, *advice;
} Refusal;

static const Refusal refusals[] = {
    {"a pull request already exists", CONFLICT, "forge_pull_exists",
     "there is a pull request of this branch already: sync it"},
    {"no commits between", INVALID, "forge_nothing_new",
     "the base branch already has everything of this branch: there is nothing to ask for"},
    {"head sha can't be blank", INVALID, "forge_branch_missing",
     "GitHub has no such branch any more: create the pull request again, which pushes it"},
    {"base ref must be a branch", INVALID, "forge_base_missing",
     "GitHub has no such base branch: choose another base"},
    {"base sha can't be blank", INVALID, "forge_base_missing",
     "GitHub has no such base branch: choose another base"},
    {"head invalid", INVALID, "forge_branch_missing",
     "GitHub has no such branch any more: create the pull request again, which pushes it"},
    {"base invalid", INVALID, "forge_base_missing",
     "GitHub has no such base branch: choose another base"},
};

static Error *refusal_fault(Scope *s, const GithubFault *f, const char *words)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (strstr(words, refusals[i].words))
            return fail_code(s, refusals[i].kind, refusals[i].code, "%s: %s (GitHub said: %s)",
                             f->doing, refusals[i].advice, text_head(s, words, SAID_MAX));
    return error_param(fail_code(s, INVALID, "forge_refused", "%s: GitHub refused it: %s", f->doing,
                                 text_head(s, words, SAID_MAX)),
                       "said", text_head(s, words, SAID_MAX));
}

Error *github_fault(Scope *s, const GithubFault *f)
{
    const char *words = all_said(s, f);
    int status = f->reply->status;

    if (limited(f, words))
        return limit_fault(s, f, words);
    if (status == 401)
        return credentials_fault(s, f);
    if (status == 403)
        return denied_fault(s, f, words);
    if (status == 404)
        return hidden_fault(s, f);
    if (status == 422 || status == 400)
        return refusal_fault(s, f, words);
    if (status == 409)
        return fail_code(s, CONFLICT, "forge_conflict", "%s: %s", f->doing, said(s, f));
    if (status >= 500)
        return fail_code(s, UNAVAILABLE, "forge_away",
                         "%s: GitHub fails for now (status %d): try again", f->doing, status);
    if (status >= 300 && status < 400)
        return error_param(fail_code(s, UPSTREAM, "forge_moved",
                                     "%s: %s has moved on GitHub: add it again by its new address",
                                     f->doing, f->what),
                           "repo", f->what);
    return error_param(fail_code(s, UPSTREAM, "forge_refused", "%s: GitHub answered %d: %s",
                                 f->doing, status, said(s, f)),
                       "said", said(s, f));
}
