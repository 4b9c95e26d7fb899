/* Where a repository comes from, as people type it:
 *
 *     https://github.com/vercel/next.js/     ssh://git@host:2222/owner/name.git
 *     git@github.com:owner/name.git          file:///srv/git/name.git
 *     /home/me/project   ~/project   ./project   (relative ones: only with a directory to start from)
 *
 * Pure: nothing is looked up. Refused, with a sentence that says what to do: http except to
 * loopback, ext:: and all other transports, passwords in the address (they would be stored; a mere
 * user name of https is dropped), what looks like an option, control characters, "..", queries and
 * fragments.
 */
#pragma once

#include "base/table.h"

enum { REPO_URL_MAX = 2048 /* bytes */ };

typedef enum RepoScheme { REPO_HTTPS = 1, REPO_HTTP, REPO_SSH, REPO_LOCAL } RepoScheme;

typedef struct RepoUrl {
    RepoScheme scheme;
    const char *text; /* normalised: what is stored, compared and given to git; no secret in it */
    const char *host; /* lower case, IPv6 without brackets; NULL for local paths */
    int port;         /* 0: the scheme's own */
    const char *user; /* of ssh ("git"); else NULL */
    const char *
        path; /* local: the absolute path; else decoded path, no leading or trailing slash or ".git" */
    const char *owner;    /* all before the last slash ("group/sub"); "" when there is none */
    const char *name;     /* the last part without ".git": "next.js", "site.github.io" */
    const char *identity; /* equal for the spellings of one repository: "host[:port]/path" in lower
                             case host, without ".git"; of a local path the path */
} RepoUrl;

/* What "~" and a relative path start from. NULL: such a path is refused. */
typedef struct RepoUrlBase {
    const char *home;
    const char *dir;
} RepoUrlBase;

/* INVALID. base may be NULL. */
fallible repo_url_parse(Scope *s, const char *typed, const RepoUrlBase *base, RepoUrl *out);
bool repo_url_local(const RepoUrl *url);
