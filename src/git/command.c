/* Starts git. */

#include "git/command.h"

#include <unistd.h>

#include "git/command_parts.h"

/* What credential helpers, ssh and its agent look at. */
static const char *const user_names[] = {
    "HOME",
    "USER",
    "LOGNAME",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "SSH_AUTH_SOCK",
    "GNUPGHOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    NULL,
};

TextList git_user_env(Scope *s)
{
    TextList out = {0};

    for (char **variable = environ; *variable; variable++)
        for (size_t i = 0; user_names[i]; i++) {
            size_t size = strlen(user_names[i]);
            if (text_starts(*variable, user_names[i]) && (*variable)[size] == '=')
                texts_add(s, &out, *variable);
        }
    return out;
}

static const char *search_path(Scope *s)
{
    for (char **variable = environ; *variable; variable++)
        if (text_starts(*variable, "PATH="))
            return text_copy(s, *variable);
    return "PATH=/usr/local/bin:/usr/bin:/bin";
}

static bool has_variable(const TextList *env, const char *name)
{
    EACH (const char *, variable, env)
        if (text_starts(*variable, name) && (*variable)[strlen(name)] == '=')
            return true;
    return false;
}

static void add_pairs(Scope *s, TextList *env, const GitPairList *pairs)
{
    texts_add(s, env, text(s, "GIT_CONFIG_COUNT=%zu", pairs->count));
    for (size_t i = 0; i < pairs->count; i++) {
        texts_add(s, env, text(s, "GIT_CONFIG_KEY_%zu=%s", i, pairs->items[i].key));
        texts_add(s, env, text(s, "GIT_CONFIG_VALUE_%zu=%s", i, pairs->items[i].value));
    }
}

static bool uses_the_user(const GitAccess *access, const GitCommand *command)
{
    return command->trust == GIT_TRUST_OWN || (command->remote && access->remote == GIT_TRUST_USER);
}

TextList command_env(Scope *s, const GitAccess *access, const GitCommand *command,
                     const GitPairList *pairs)
{
    static const char *const fixed[] = {
        "LC_ALL=C.UTF-8",        "LANGUAGE=",
        "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
        "GIT_NO_LAZY_FETCH=1",   "GIT_ASKPASS=",
        "SSH_ASKPASS=",          "SSH_ASKPASS_REQUIRE=never",
        "GIT_PAGER=cat",         "GIT_EDITOR=false",
        "GIT_MERGE_AUTOEDIT=no", "GIT_NO_REPLACE_OBJECTS=1",
    };
    static const char *const alone[] = {"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_SYSTEM=/dev/null",
                                        "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1"};
    TextList env = {0};
    const GitToken *token = command_token(access, command->remote);

    texts_add(s, &env, search_path(s));
    for (size_t i = 0; i < COUNT_OF(fixed); i++)
        texts_add(s, &env, fixed[i]);
    for (size_t i = 0; command->trust != GIT_TRUST_OWN && i < COUNT_OF(alone); i++)
        texts_add(s, &env, alone[i]);
    if (uses_the_user(access, command))
        EACH (const char *, variable, &access->user_env)
            texts_add(s, &env, *variable);
    if (!has_variable(&env, "HOME"))
        texts_add(s, &env, "HOME=/nonexistent");
    if (!has_variable(&env, "GIT_SSH_COMMAND") && command->remote)
        texts_add(s, &env, "GIT_SSH_COMMAND=ssh -oBatchMode=yes -oConnectTimeout=30");
    if (access->no_proxy)
        texts_add(s, &env, text(s, "NO_PROXY=%s", access->no_proxy));
    if (command->git_dir)
        texts_add(s, &env, text(s, "GIT_DIR=%s", command->git_dir));
    if (token) {
        texts_add(s, &env,
                  text(s, "DURSOR_GIT_USER=%s", token->user ? token->user : "x-access-token"));
        texts_add(s, &env, text(s, "DURSOR_GIT_SECRET=%s", token->token));
    }
    EACH (const char *, variable, &command->env)
        texts_add(s, &env, *variable);
    add_pairs(s, &env, pairs);
    return env;
}

static fallible check_remote(Scope *s, const GitAccess *access, const RepoUrl *remote)
{
    if (remote && remote->scheme == REPO_SSH && access->remote != GIT_TRUST_USER)
        return fail_code(s, DENIED, "git_credentials",
                         "dursor has no ssh key of its own: use the https address, or set "
                         "DURSOR_GIT_CREDENTIALS=user to let it use yours");
    return OK;
}

static ProcessSpec spec_of(Scope *s, const GitAccess *access, const GitCommand *command)
{
    ProcessSpec spec = {.dir = command->dir, .input = command->input};

    texts_add(s, &spec.argv, "git");
    EACH (const char *, arg, &command->args)
        texts_add(s, &spec.argv, *arg);
    spec.out.max = command->out_max ? command->out_max : GIT_OUT_MAX;
    if (command->trust != GIT_TRUST_OWN) {
        spec.limits.memory_bytes = GIT_MEMORY_MAX;
        spec.limits.file_bytes = access->file_max ? access->file_max : GIT_FILE_MAX;
    }
    return spec;
}

/* User settings go first: what is off stays off. */
static fallible all_config(Scope *s, const GitAccess *access, const GitCommand *command,
                           GitPairList *out)
{
    if (command->remote && access->remote == GIT_TRUST_USER)
        TRY(command_user_config(s, access, out));
    GitPairList own = command_config(s, access, command);
    EACH (const GitPair, pair, &own)
        *list_add(s, out) = *pair;
    return OK;
}

fallible git_ask(Scope *s, const GitAccess *access, const GitCommand *command,
                 ProcessResult *result)
{
    SCOPE(tmp, s);
    GitPairList pairs = {0};
    ProcessResult got;
    int64_t seconds = access->seconds ? access->seconds : GIT_SECONDS;

    TRY(check_remote(tmp, access, command->remote));
    TRY(all_config(tmp, access, command, &pairs));
    ProcessSpec spec = spec_of(tmp, access, command);
    spec.env = command_env(tmp, access, command, &pairs);
    scope_limit(tmp, (command->remote ? seconds : GIT_LOCAL_SECONDS) * US_PER_S);
    TRY_WHILE(process_run(tmp, &spec, &got), "git %s", command->args.items[0]);
    *result = got;
    result->out = bytes_copy(s, got.out);
    result->err = bytes_copy(s, got.err);
    return OK;
}

fallible git_run(Scope *s, const GitAccess *access, const GitCommand *command,
                 ProcessResult *result)
{
    ProcessResult got;

    TRY(git_ask(s, access, command, &got));
    TRY(git_outcome(s, access, command, &got));
    if (result)
        *result = got;
    return OK;
}

fallible git_version(Scope *s, const char **out)
{
    GitAccess access = {0};
    ProcessResult result;

    TRY(git_run(s, &access, &(GitCommand){.args = TEXTS("version")}, &result));
    const char *words = text_trim(s, text_clean(s, result.out, NULL));
    *out = text_starts(words, "git version ") ? words + strlen("git version ") : words;
    return OK;
}
