/* Addresses of repositories. */

#include "git/repo_url.h"

#include "net/url.h"

#define HOW_TO                                                                                     \
    "type an https:// or ssh:// address, git@host:owner/name, or the path of a local repository"

static bool has_control(const char *t)
{
    for (; *t; t++)
        if ((unsigned char)*t < 0x20 || *t == 0x7F)
            return true;
    return false;
}

/* Without empty and "." components and slashes at the ends. */
static const char *plain_path(Scope *s, const char *path)
{
    Buffer b = buffer_in(s);

    while (*path) {
        size_t size = strcspn(path, "/");
        bool here = size == 0 || (size == 1 && path[0] == '.');
        if (!here && b.size)
            buffer_char(&b, '/');
        if (!here)
            buffer_add(&b, path, size);
        path += size + (path[size] == '/');
    }
    return buffer_string(&b);
}

static bool has_part(const char *path, const char *part)
{
    size_t length = strlen(part);

    while (*path) {
        size_t size = strcspn(path, "/");
        if (size == length && memcmp(path, part, size) == 0)
            return true;
        path += size + (path[size] == '/');
    }
    return false;
}

static const char *without_git(Scope *s, const char *t)
{
    size_t size = strlen(t);

    return size > 4 && text_ends(t, ".git") ? text_of(s, (Bytes){t, size - 4}) : t;
}

/* Sets owner and name from out->path. */
static fallible name_repo(Scope *s, RepoUrl *out)
{
    const char *path = out->path;
    /* "/home/me/project/.git" is the project. */
    if (out->scheme == REPO_LOCAL && text_ends(path, "/.git"))
        path = text_of(s, (Bytes){path, strlen(path) - strlen("/.git")});
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    out->name = without_git(s, name);
    out->owner = slash ? text_of(s, (Bytes){path, (size_t)(slash - path)}) : "";
    if (text_empty(out->name) || text_equal(out->name, ".git"))
        return fail_code(s, INVALID, "address_invalid", "the address names no repository: " HOW_TO);
    return OK;
}

static bool loopback(const char *host)
{
    return text_equal(host, "localhost") || text_equal(host, "::1") ||
           (text_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host));
}

static const char *host_text(Scope *s, const RepoUrl *url)
{
    const char *host = strchr(url->host, ':') ? text(s, "[%s]", url->host) : url->host;

    return url->port ? text(s, "%s:%d", host, url->port) : host;
}

/* Names of users and hosts go to ssh's command line. */
static fallible check_ssh_word(Scope *s, const char *word, const char *what)
{
    if (text_empty(word) || word[0] == '-')
        return fail_code(s, INVALID, "address_invalid", "the address has no valid %s: " HOW_TO,
                         what);
    for (const char *p = word; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:+", *p))
            return fail_code(s, INVALID, "address_invalid",
                             "the %s in the address may hold letters, digits, '.', '-' and '_'",
                             what);
    return OK;
}

static fallible check_remote_path(Scope *s, const char *path)
{
    if (has_control(path) || strchr(path, '\\'))
        return fail_code(s, INVALID, "address_invalid",
                         "the address holds control characters or backslashes");
    if (has_part(path, ".."))
        return fail_code(s, INVALID, "address_invalid", "the address holds '..': write it out");
    if (path[0] == '-')
        return fail_code(s, INVALID, "address_invalid", "the path in the address begins with '-'");
    return OK;
}

static fallible parse_web(Scope *s, const Url *url, RepoUrl *out)
{
    const char *decoded;

    if (url->password)
        return fail_code(
            s, INVALID, "address_with_secret",
            "leave the password or token out of the address, dursor would store it: set "
            "DURSOR_GIT_TOKEN and DURSOR_GIT_TOKEN_HOST instead");
    if (out->scheme == REPO_HTTP && !loopback(url->host))
        return fail_code(s, INVALID, "address_not_encrypted",
                         "http:// is not encrypted: use https://%s", host_text(s, out));
    TRY(percent_decode(s, bytes_of(url->path), &decoded));
    TRY(check_remote_path(s, decoded));
    out->text = text(s, "%s://%s/%s", url->scheme, host_text(s, out), plain_path(s, url->path));
    out->path = without_git(s, plain_path(s, decoded));
    return OK;
}

static fallible parse_ssh_url(Scope *s, const Url *url, RepoUrl *out)
{
    const char *decoded;

    if (url->password)
        return fail_code(s, INVALID, "address_with_secret",
                         "leave the password out of the address: ssh takes it from its agent");
    TRY(check_ssh_word(s, url->host, "host"));
    if (url->user)
        TRY(check_ssh_word(s, url->user, "user"));
    TRY(percent_decode(s, bytes_of(url->path), &decoded));
    TRY(check_remote_path(s, decoded));
    out->user = url->user;
    out->text = text(s, "ssh://%s%s%s/%s", url->user ? url->user : "", url->user ? "@" : "",
                     host_text(s, out), plain_path(s, url->path));
    out->path = without_git(s, plain_path(s, decoded));
    return OK;
}

static fallible parse_file_url(Scope *s, const Url *url, RepoUrl *out)
{
    const char *decoded;

    if (!text_empty(url->host) && !text_equal(url->host, "localhost"))
        return fail_code(s, INVALID, "address_invalid",
                         "a file:// address names no host: write file:///path");
    TRY(percent_decode(s, bytes_of(url->path), &decoded));
    if (has_control(decoded) || decoded[0] != '/')
        return fail_code(s, INVALID, "address_invalid",
                         "a file:// address needs an absolute path: file:///path");
    out->host = NULL;
    out->path = text(s, "/%s", plain_path(s, decoded));
    out->text = out->path;
    return OK;
}

static fallible parse_url(Scope *s, const char *typed, RepoUrl *out)
{
    Url url;

    TRY_WHILE(url_parse(s, typed, &url), "reading the address of the repository");
    if (url.query || url.fragment)
        return fail_code(s, INVALID, "address_invalid",
                         "leave '?' and '#' and what follows out of the address");
    out->host = url.host;
    out->port = url.port == url_port(&(Url){.scheme = url.scheme}) ? 0 : url.port;
    if (text_equal(url.scheme, "file")) {
        out->scheme = REPO_LOCAL;
        return parse_file_url(s, &url, out);
    }
    if (text_empty(url.host))
        return fail_code(s, INVALID, "address_invalid", "the address has no host: " HOW_TO);
    if (url.host[0] == '-')
        return fail_code(s, INVALID, "address_invalid", "the host in the address begins with '-'");
    if (text_equal(url.scheme, "ssh")) {
        out->scheme = REPO_SSH;
        return parse_ssh_url(s, &url, out);
    }
    if (text_equal(url.scheme, "https") || text_equal(url.scheme, "http")) {
        out->scheme = text_equal(url.scheme, "https") ? REPO_HTTPS : REPO_HTTP;
        return parse_web(s, &url, out);
    }
    return fail_code(s, INVALID, "address_invalid", "%s:// addresses are not used here: " HOW_TO,
                     url.scheme);
}

/* "[user@]host:path", as scp writes it. */
static fallible parse_scp(Scope *s, const char *typed, RepoUrl *out)
{
    const char *colon = strchr(typed, ':');
    const char *who = text_of(s, (Bytes){typed, (size_t)(colon - typed)});
    const char *at = strrchr(who, '@');
    const char *path =
        colon[1] == '/' ? text(s, "/%s", plain_path(s, colon + 1)) : plain_path(s, colon + 1);

    out->scheme = REPO_SSH;
    out->host = text_lower(s, at ? at + 1 : who);
    out->user = at ? text_of(s, (Bytes){who, (size_t)(at - who)}) : NULL;
    if (out->user && strchr(out->user, ':'))
        return fail_code(s, INVALID, "address_with_secret",
                         "leave the password out of the address: ssh takes it from its agent");
    TRY(check_ssh_word(s, out->host, "host"));
    if (out->user)
        TRY(check_ssh_word(s, out->user, "user"));
    TRY(check_remote_path(s, path));
    if (path[0] == ':')
        return fail_code(s, INVALID, "address_invalid", "the path in the address begins with ':'");
    out->text = text(s, "%s%s%s:%s", at ? out->user : "", at ? "@" : "", out->host, path);
    out->path = without_git(s, plain_path(s, path));
    return OK;
}

static fallible parse_local(Scope *s, const char *typed, const RepoUrlBase *base, RepoUrl *out)
{
    const char *from = "";

    if (typed[0] == '~') {
        if (typed[1] && typed[1] != '/')
            return fail_code(s, INVALID, "address_invalid",
                             "write the home directory of another user out: /home/NAME/…");
        if (!base || text_empty(base->home))
            return fail_code(s, INVALID, "address_invalid",
                             "'~' means nothing here: write the absolute path");
        from = base->home;
        typed++;
    } else if (typed[0] != '/') {
        if (!base || text_empty(base->dir))
            return fail_code(s, INVALID, "address_invalid",
                             "'%s' is no address and no absolute path: write https:// in front, or "
                             "the whole path",
                             typed);
        from = base->dir;
    }
    out->scheme = REPO_LOCAL;
    out->path = text(s, "/%s", plain_path(s, text(s, "%s/%s", from, typed)));
    out->text = out->path;
    return OK;
}

/* The part before ':' of "ext::sh -c …", or of scp's form; 0 when there is none. */
static size_t before_colon(const char *t)
{
    size_t size = strcspn(t, ":/");

    return t[size] == ':' && size && t[0] != '.' && t[0] != '~' ? size : 0;
}

static fallible parse(Scope *s, const char *typed, const RepoUrlBase *base, RepoUrl *out)
{
    size_t word = before_colon(typed);

    if (word && text_starts(typed + word, "::"))
        return fail_code(s, INVALID, "address_invalid",
                         "the transport '%.*s::' is not used here: " HOW_TO, (int)word, typed);
    if (strstr(typed, "://") && text_starts(typed + word, "://"))
        return parse_url(s, typed, out);
    if (word)
        return parse_scp(s, typed, out);
    return parse_local(s, typed, base, out);
}

fallible repo_url_parse(Scope *s, const char *typed, const RepoUrlBase *base, RepoUrl *out)
{
    RepoUrl url = {0};
    const char *t = text_trim(s, typed ? typed : "");

    if (text_empty(t))
        return fail_code(s, INVALID, "address_invalid", "no address: " HOW_TO);
    if (strlen(t) > REPO_URL_MAX)
        return fail_code(s, INVALID, "address_invalid", "the address is longer than %d bytes",
                         REPO_URL_MAX);
    if (has_control(t))
        return fail_code(s, INVALID, "address_invalid", "the address holds control characters");
    if (t[0] == '-')
        return fail_code(s, INVALID, "address_invalid",
                         "the address begins with '-': write ./%s for a folder of that name", t);
    TRY(parse(s, t, base, &url));
    if (!text_equal(url.text, text_trim(s, url.text)))
        return fail_code(s, INVALID, "address_invalid",
                         "a path that ends in a blank cannot be used here");
    TRY(name_repo(s, &url));
    url.identity =
        url.scheme == REPO_LOCAL ? url.path : text(s, "%s/%s", host_text(s, &url), url.path);
    *out = url;
    return OK;
}

bool repo_url_local(const RepoUrl *url)
{
    return url->scheme == REPO_LOCAL;
}
