/* Addresses of repositories, as people type them. */

#include "git/repo_url.h"
#include "test/test.h"

static const RepoUrlBase home = {.home = "/home/me", .dir = "/home/me/work"};

static fallible typed(Scope *s, const char *t, RepoUrl *out)
{
    return repo_url_parse(s, t, &home, out);
}

typedef struct Spelling {
    const char *typed, *text, *owner, *name, *identity;
} Spelling;

static const Spelling spellings[] = {
    {"https://github.com/vercel/next.js", "https://github.com/vercel/next.js", "vercel", "next.js",
     "github.com/vercel/next.js"},
    {"https://github.com/vercel/next.js/", "https://github.com/vercel/next.js", "vercel", "next.js",
     "github.com/vercel/next.js"},
    {" https://GitHub.com:443/site/site.github.io.git\n",
     "https://github.com/site/site.github.io.git", "site", "site.github.io",
     "github.com/site/site.github.io"},
    {"https://me@dev.azure.com/org/project/_git/my%20app",
     "https://dev.azure.com/org/project/_git/my%20app", "org/project/_git", "my app",
     "dev.azure.com/org/project/_git/my app"},
    {"https://git.example.org/alone.git/", "https://git.example.org/alone.git", "", "alone",
     "git.example.org/alone"},
    {"http://127.0.0.1:8080/x/y", "http://127.0.0.1:8080/x/y", "x", "y", "127.0.0.1:8080/x/y"},
    {"https://[2001:db8::1]:8443/x/y", "https://[2001:db8::1]:8443/x/y", "x", "y",
     "[2001:db8::1]:8443/x/y"},
    {"git@github.com:owner/name.git", "git@github.com:owner/name.git", "owner", "name",
     "github.com/owner/name"},
    {"Host.example:/srv/git/name.git/", "host.example:/srv/git/name.git", "srv/git", "name",
     "host.example/srv/git/name"},
    {"ssh://git@host.example:2222/group/sub/name.git",
     "ssh://git@host.example:2222/group/sub/name.git", "group/sub", "name",
     "host.example:2222/group/sub/name"},
    {"/srv//git/./name.git/", "/srv/git/name.git", "/srv/git", "name", "/srv/git/name.git"},
    {"file:///srv/my%20git/name", "/srv/my git/name", "/srv/my git", "name", "/srv/my git/name"},
    {"~/project", "/home/me/project", "/home/me", "project", "/home/me/project"},
    {"./project/.git", "/home/me/work/project/.git", "/home/me/work", "project",
     "/home/me/work/project/.git"},
    {"next.js", "/home/me/work/next.js", "/home/me/work", "next.js", "/home/me/work/next.js"},
    {".", "/home/me/work", "/home/me", "work", "/home/me/work"},
};

TEST(each_spelling_of_an_address_gives_source_owner_and_name)
{
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        RepoUrl url;
        TRY(typed(s, spellings[i].typed, &url));
        CHECK_TEXT(url.text, spellings[i].text);
        CHECK_TEXT(url.owner, spellings[i].owner);
        CHECK_TEXT(url.name, spellings[i].name);
        CHECK_TEXT(url.identity, spellings[i].identity);
    }
    return OK;
}

TEST(a_normalised_address_is_read_as_itself)
{
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        RepoUrl url;
        TRY(repo_url_parse(s, spellings[i].text, NULL, &url));
        CHECK_TEXT(url.text, spellings[i].text);
        CHECK_TEXT(url.name, spellings[i].name);
    }
    return OK;
}

TEST(what_is_refused_says_what_to_do)
{
    static const char *const refused[][2] = {
        {"", "type an https://"},
        {"  ", "type an https://"},
        {"https://me:s3cret@github.com/a/b", "DURSOR_GIT_TOKEN"},
        {"http://github.com/a/b", "use https://github.com"},
        {"http://127.0.0.1.evil.example/a/b", "use https://"},
        {"git://github.com/a/b", "type an https://"},
        {"ext::sh -c whoami", "'ext::' is not used"},
        {"fd::17", "'fd::' is not used"},
        {"--upload-pack=touch /tmp/x", "begins with '-'"},
        {"-oProxyCommand=x:y/z", "begins with '-'"},
        {"ssh://-oProxyCommand=x/y", "host"},
        {"git@-oProxyCommand=x:y/z", "host"},
        {"git@host:-x", "begins with '-'"},
        {"ssh://git:pw@host/x", "password"},
        {"https://github.com", "names no repository"},
        {"https://github.com/.git", "names no repository"},
        {"https://github.com/a/../b", "'..'"},
        {"https://github.com/a/b%00", "without NUL"},
        {"https://github.com/a/b%0a", "control"},
        {"https://github.com/a/b?token=x", "'?'"},
        {"https://github.com/a\x01/b", "control"},
        {"file://server/share", "file:///path"},
        {"~root/x", "home directory"},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        RepoUrl url;
        Error *e = typed(s, refused[i][0], &url);
        if (!failed_as(e, INVALID))
            return fail(s, BUG, "not refused: %s", refused[i][0]);
        CHECK_HAS(e->message, refused[i][1]);
        CHECK(!strstr(e->message, "s3cret"));
    }
    return OK;
}

TEST(relative_paths_mean_nothing_without_a_place_to_start_from)
{
    RepoUrl url;

    FAILS(INVALID, repo_url_parse(s, "github.com/a/b", NULL, &url));
    FAILS(INVALID, repo_url_parse(s, "~/x", NULL, &url));
    FAILS(INVALID, repo_url_parse(s, "../x", &(RepoUrlBase){.home = "/home/me"}, &url));
    return OK;
}

TEST(a_longer_address_than_allowed_is_refused)
{
    char *longest = NEW_ARRAY(s, char, REPO_URL_MAX + 2);
    RepoUrl url;

    memset(longest, 'a', REPO_URL_MAX + 1);
    longest[0] = '/';
    FAILS(INVALID, repo_url_parse(s, longest, NULL, &url));
    longest[REPO_URL_MAX] = '\0';
    return repo_url_parse(s, longest, NULL, &url);
}
