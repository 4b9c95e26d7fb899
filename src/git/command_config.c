/* The configuration that a git command sees. */

#include "git/command_parts.h"

void command_pair(Scope *s, GitPairList *list, const char *key, const char *value)
{
    *list_add(s, list) = (GitPair){key, value};
}

/* Off everywhere, also in the user's own checkout. */
static const GitPair always[] = {
    {"core.hooksPath", "/dev/null"},
    {"core.fsmonitor", "false"},
    {"gc.auto", "0"},
    {"maintenance.auto", "false"},
    {"submodule.recurse", "false"},
    {"fetch.recurseSubmodules", "false"},
    {"protocol.allow", "never"},
    {"core.askPass", ""},
};

/* In repositories of ours. Packs stay packs (unpacking a hostile one would write its objects whole),
 * and are mapped in small windows, so that the limit on memory holds for large ones. */
static const GitPair ours[] = {
    {"transfer.unpackLimit", "1"},       {"core.packedGitWindowSize", "32m"},
    {"core.packedGitLimit", "1g"},       {"core.bigFileThreshold", "32m"},
    {"fetch.writeCommitGraph", "false"}, {"init.defaultBranch", "main"},
    {"http.lowSpeedLimit", "1000"},      {"http.lowSpeedTime", "60"},
    {"fetch.fsckObjects", "false"},
};

const GitToken *command_token(const GitAccess *access, const RepoUrl *remote)
{
    if (!remote || (remote->scheme != REPO_HTTPS && remote->scheme != REPO_HTTP))
        return NULL;
    EACH (const GitToken, token, &access->tokens) {
        size_t host = strlen(remote->host);
        const char *port = strrchr(token->host, ':');
        int64_t number = 0;
        if (!port && remote->port == 0 && text_equal(token->host, remote->host))
            return token;
        if (port && (size_t)(port - token->host) == host &&
            memcmp(token->host, remote->host, host) == 0 &&
            text_integer(port + 1, 1, 65535, &number) && number == remote->port)
            return token;
    }
    return NULL;
}

/* Bound to scheme, host and port: git asks it for no other server, redirected or not. The empty value
 * before it takes other helpers off for this host. */
static void add_token(Scope *s, const RepoUrl *remote, const GitToken *token, GitPairList *out)
{
    const char *key = text(s, "credential.%s://%s.helper",
                           remote->scheme == REPO_HTTPS ? "https" : "http", token->host);

    command_pair(s, out, key, "");
    command_pair(s, out, key,
                 "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' "
                 "\"$DURSOR_GIT_USER\" \"$DURSOR_GIT_SECRET\"; }; f");
}

static void allow(Scope *s, const GitAccess *access, const RepoUrl *remote, GitPairList *out)
{
    static const char *const keys[] = {[REPO_HTTPS] = "protocol.https.allow",
                                       [REPO_HTTP] = "protocol.http.allow",
                                       [REPO_SSH] = "protocol.ssh.allow",
                                       [REPO_LOCAL] = "protocol.file.allow"};

    command_pair(s, out, keys[remote->scheme], "always");
    /* The user's url.….insteadOf may turn the one into the other. */
    if (access->remote == GIT_TRUST_USER && remote->scheme == REPO_HTTPS)
        command_pair(s, out, keys[REPO_SSH], "always");
    if (access->remote == GIT_TRUST_USER && remote->scheme == REPO_SSH)
        command_pair(s, out, keys[REPO_HTTPS], "always");
}

GitPairList command_config(Scope *s, const GitAccess *access, const GitCommand *command)
{
    GitPairList out = {0};
    const GitToken *token = command_token(access, command->remote);

    for (size_t i = 0; i < COUNT_OF(always); i++)
        *list_add(s, &out) = always[i];
    for (size_t i = 0; command->trust != GIT_TRUST_OWN && i < COUNT_OF(ours); i++)
        *list_add(s, &out) = ours[i];
    if (access->proxy)
        command_pair(s, &out, "http.proxy", access->proxy);
    if (access->ca_file)
        command_pair(s, &out, "http.sslCAInfo", access->ca_file);
    if (command->remote) {
        command_pair(s, &out, "remote.origin.url", command->remote->text);
        allow(s, access, command->remote, &out);
    }
    if (token)
        add_token(s, command->remote, token, &out);
    EACH (const char *, line, &command->config) {
        const char *equals = strchr(*line, '=');
        command_pair(s, &out, text_of(s, (Bytes){*line, (size_t)(equals - *line)}), equals + 1);
    }
    return out;
}

/* "key LF value NUL" of git config -z. A key without a value means true. */
static void read_pairs(Scope *s, Bytes out, GitPairList *list)
{
    while (out.size) {
        const char *end = memchr(out.data, '\0', out.size);
        size_t size = end ? (size_t)(end - out.data) : out.size;
        const char *lf = memchr(out.data, '\n', size);
        size_t key = lf ? (size_t)(lf - out.data) : size;
        command_pair(s, list, text_of(s, (Bytes){out.data, key}),
                     lf ? text_of(s, (Bytes){lf + 1, size - key - 1}) : "true");
        out = (Bytes){out.data + size + (end != NULL), out.size - size - (end != NULL)};
    }
}

fallible command_user_config(Scope *s, const GitAccess *access, GitPairList *out)
{
    /* Outside of any repository: only the system's and the user's files are read. */
    GitCommand command = {
        .args = TEXTS(
            "config", "--includes", "-z", "--get-regexp",
            "^(credential|http)\\.|^url\\..*\\.insteadof$|^core\\.sshcommand$|^ssh\\.variant$"),
        .git_dir = "/dev/null",
        .trust = GIT_TRUST_OWN,
    };
    ProcessResult result;

    TRY(git_ask(s, access, &command, &result));
    if (result.status == 0) /* 1: none is set */
        read_pairs(s, result.out, out);
    return OK;
}

const char *command_scrub(Scope *s, const GitAccess *access, const char *t)
{
    Buffer b = buffer_in(s);

    for (const char *p = t; *p;) {
        const GitToken *found = NULL;
        EACH (const GitToken, token, &access->tokens)
            if (!text_empty(token->token) && text_starts(p, token->token))
                found = token;
        size_t word = text_starts(p, "://") ? strcspn(p + 3, "/@ \n'") : 0;
        if (found) {
            buffer_text(&b, "***");
            p += strlen(found->token);
        } else if (word && p[3 + word] == '@' && memchr(p + 3, ':', word)) {
            buffer_text(&b, "://***");
            p += 3 + word;
        } else {
            buffer_char(&b, *p++);
        }
    }
    return buffer_string(&b);
}
