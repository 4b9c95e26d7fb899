/* What git says on standard error, as kinds of failure with a sentence that says what to do. */

#include "git/command.h"
#include "git/command_parts.h"

#include <signal.h>

#define NO_LOGIN                                                                                   \
    "the server did not accept the credentials, or wants some: set DURSOR_GIT_TOKEN and "          \
    "DURSOR_GIT_TOKEN_HOST, or DURSOR_GIT_CREDENTIALS=user to use those of your git"
#define NO_REPO                                                                                    \
    "the server knows no such repository, or does not show it to you: check the address, and set " \
    "DURSOR_GIT_TOKEN if it is private"
#define NO_LOCAL                                                                                   \
    "there is no git repository at or above this folder: run git init there, or give another path"
#define NO_NET    "the server cannot be reached: check the address, the network and DURSOR_PROXY_URL"
#define NO_ROOM   "the disk is full: make room in DURSOR_WORKSPACES_DIR"
#define NO_MEMORY "git ran out of the memory it may use here: the repository is too large or broken"
#define NO_TLS    "the server's certificate is not trusted: set DURSOR_CA_FILE if it is your own"
#define HOST_KEY                                                                                   \
    "ssh does not know the server yet, or it has changed: connect once by hand (ssh HOST)"
#define NOT_OURS                                                                                   \
    "the repository belongs to another user of this machine: let its owner clone it for you"
#define MOVED "the branch was changed by somebody else meanwhile"

typedef struct Saying {
    const char *words; /* in lower case */
    ErrorKind kind;
    const char *code, *advice;
} Saying;

/* The first that fits counts. */
static const Saying sayings[] = {
    {"no space left on device", UNAVAILABLE, "disk_full", NO_ROOM},
    {"disk quota exceeded", UNAVAILABLE, "disk_full", NO_ROOM},
    {"died of signal 25", TOO_LARGE, "repo_too_large",
     "the repository is larger than dursor takes"},
    {"file too large", TOO_LARGE, "repo_too_large", "the repository is larger than dursor takes"},
    {"out of memory", TOO_LARGE, "repo_too_large", NO_MEMORY},
    {"cannot allocate memory", TOO_LARGE, "repo_too_large", NO_MEMORY},
    {"host key verification failed", DENIED, "git_host_key", HOST_KEY},
    {"permission denied (", DENIED, "git_credentials", NO_LOGIN},
    {"authentication failed", DENIED, "git_credentials", NO_LOGIN},
    {"could not read username", DENIED, "git_credentials", NO_LOGIN},
    {"could not read password", DENIED, "git_credentials", NO_LOGIN},
    {"terminal prompts disabled", DENIED, "git_credentials", NO_LOGIN},
    {"returned error: 401", DENIED, "git_credentials", NO_LOGIN},
    {"returned error: 403", DENIED, "git_credentials", NO_LOGIN},
    {"access denied", DENIED, "git_credentials", NO_LOGIN},
    {"protected branch hook declined", DENIED, "git_protected", "the server protects this branch"},
    {"dubious ownership", DENIED, "repo_foreign", NOT_OURS},
    {"repository not found", MISSING, "repo_missing", NO_REPO},
    {"does not appear to be a git repository", MISSING, "repo_missing", NO_REPO},
    {"not found: did you run git update-server-info", MISSING, "repo_missing", NO_REPO},
    {"' not found", MISSING, "repo_missing", NO_REPO},
    {"returned error: 404", MISSING, "repo_missing", NO_REPO},
    {"not a git repository", MISSING, "repo_missing", NO_LOCAL},
    {"couldn't find remote ref", MISSING, "ref_missing", "the server has no such branch or commit"},
    {"not our ref", MISSING, "ref_missing", "the server has no such branch or commit any more"},
    {"non-fast-forward", CONFLICT, "branch_moved", MOVED},
    {"fetch first", CONFLICT, "branch_moved", MOVED},
    {"stale info", CONFLICT, "branch_moved", MOVED},
    {"cannot lock ref", CONFLICT, "ref_locked", "another program is changing the same branch"},
    {"certificate", UPSTREAM, "git_tls", NO_TLS},
    {"could not resolve", UNAVAILABLE, "git_network", NO_NET},
    {"failed to connect", UNAVAILABLE, "git_network", NO_NET},
    {"couldn't connect", UNAVAILABLE, "git_network", NO_NET},
    {"connection refused", UNAVAILABLE, "git_network", NO_NET},
    {"connection reset", UNAVAILABLE, "git_network", NO_NET},
    {"connection timed out", UNAVAILABLE, "git_network", NO_NET},
    {"no route to host", UNAVAILABLE, "git_network", NO_NET},
    {"network is unreachable", UNAVAILABLE, "git_network", NO_NET},
    {"operation too slow", UNAVAILABLE, "git_network", NO_NET},
    {"operation timed out", UNAVAILABLE, "git_network", NO_NET},
    {"hung up unexpectedly", UNAVAILABLE, "git_network", NO_NET},
    {"early eof", UNAVAILABLE, "git_network", NO_NET},
    {"rpc failed", UNAVAILABLE, "git_network", NO_NET},
    {"returned error: 5", UNAVAILABLE, "git_network", "the server fails for now"},
    {"returned error: 429", LIMITED, "git_limited", "the server wants fewer requests"},
    /* index-pack was ended by a signal, most likely SIGXFSZ, before it could say anything. */
    {"invalid index-pack output", TOO_LARGE, "repo_too_large",
     "what was fetched is larger than dursor takes"},
    {"transport '", INVALID, "git_transport", "this kind of address is not used here"},
};

static const Saying *find_saying(const char *lower)
{
    for (size_t i = 0; i < COUNT_OF(sayings); i++)
        if (strstr(lower, sayings[i].words))
            return &sayings[i];
    return NULL;
}

/* The line that says most: the first with "fatal:" or "error:", else the last one. */
static const char *telling_line(Scope *s, const char *err)
{
    TextList lines = text_split(s, err, '\n');
    const char *best = "";

    EACH (const char *, line, &lines) {
        if (text_starts(*line, "fatal: ") || text_starts(*line, "error: ") ||
            text_starts(*line, "remote: error"))
            return *line;
        if (!text_empty(*line))
            best = *line;
    }
    return best;
}

static const char *what_git_did(Scope *s, const GitCommand *command)
{
    const char *verb = command->args.count ? command->args.items[0] : "";

    return command->remote ? text(s, "git %s of %s", verb, command->remote->text)
                           : text(s, "git %s", verb);
}

fallible git_outcome(Scope *s, const GitAccess *access, const GitCommand *command,
                     const ProcessResult *result)
{
    if (result->status == 0)
        return OK;
    const char *what = what_git_did(s, command);
    if (result->signal == SIGXFSZ)
        return fail_code(s, TOO_LARGE, "repo_too_large", "%s: a file grew over the limit", what);
    if (result->signal)
        return fail(s, UNAVAILABLE, "%s was ended by signal %d", what, result->signal);
    const char *said = command_scrub(s, access, text_clean(s, result->err, NULL));
    const Saying *saying = find_saying(text_lower(s, said));
    const char *line = text_head(s, text_trim(s, telling_line(s, said)), PROCESS_REPORT_TEXT);
    if (!saying)
        return fail(s, UPSTREAM, "%s failed with status %d: %s", what, result->status, line);
    Error *e = fail_code(s, saying->kind, saying->code, "%s: %s (%s)", what, saying->advice, line);
    return command->remote ? error_param(e, "repo", command->remote->text) : e;
}
