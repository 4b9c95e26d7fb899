/* Mirrors of sources over HTTP, with git's own server behind a bridge. */

#include <poll.h>
#include <unistd.h>

#include "test/git/given.h"

typedef struct Server {
    Given given;
    const char *log;
    int port;
} Server;

/* dir/root/name.git is a copy of the source that allows filters and pushes. */
static fallible given_server(Scope *s, Server *server)
{
    Given *given = &server->given;
    Process *bridge;
    char line[16] = {0};
    int64_t port;
    int ready;

    TRY(given_source(s, given));
    TRY(sh(
        s, given->dir,
        "mkdir root; cd source; seq 500 > big.txt; git add .; git commit -qm big; git rm -q "
        "big.txt;"
        "git commit -qm small; cd ..; git clone -q --bare source root/name.git; cd root/name.git;"
        "git config uploadpack.allowFilter true; git config http.receivepack true"));
    server->log = text(s, "%s/requests", given->dir);
    ProcessSpec spec = {.argv = TEXTS("python3", GIT_TEST_DIR "/http_backend.py",
                                      text(s, "%s/root", given->dir), server->log),
                        .env = TEXTS("PATH=/usr/local/bin:/usr/bin:/bin")};
    TRY(process_open(s, &spec, &bridge));
    struct pollfd fd = {bridge->out, POLLIN, 0};
    TRY(scope_poll(s, &fd, 1, 20 * US_PER_S, &ready));
    CHECK(read(bridge->out, line, sizeof line - 1) > 0);
    CHECK(text_integer(text_trim(s, line), 1, 65535, &port));
    server->port = (int)port;
    return OK;
}

static const char *address(Scope *s, const Server *server, const char *area)
{
    return text(s, "http://127.0.0.1:%d/%s/name.git", server->port, area);
}

static void give_token(Scope *s, Server *server, const char *token)
{
    *list_add(s, &server->given.mirrors.access.tokens) =
        (GitToken){.host = text(s, "127.0.0.1:%d", server->port), .token = token};
}

static fallible given_clone(Scope *s, Server *server, const char *area)
{
    TRY(open_mirror(s, &server->given, address(s, server, area), &server->given.mirror));
    TRY(git_open(s, server->given.mirror, &server->given.repo));
    return mirror_resolve(s, server->given.mirror, NULL, &server->given.head);
}

static fallible requests(Scope *s, const Server *server, const char **out)
{
    Bytes bytes;

    TRY(file_read(s, server->log, 1 << 20, &bytes));
    *out = bytes.data;
    return OK;
}

TEST(a_network_source_is_cloned_without_contents_which_come_when_read)
{
    Server server;
    int64_t missing;
    Bytes bytes;

    TRY(given_server(s, &server));
    TRY(given_clone(s, &server, "open"));
    CHECK(server.given.mirror->partial);
    TRY(mirror_missing(s, server.given.mirror, server.given.head, &missing));
    CHECK_EQ(missing, 2);
    TRY(git_read(s, server.given.repo, &(FileAt){server.given.head, "README.md", 100}, &bytes));
    CHECK(bytes_equal(bytes, BYTES("# Hello\n")));
    TRY(mirror_missing(s, server.given.mirror, server.given.head, &missing));
    CHECK_EQ(missing, 1);
    TRY(mirror_fill(s, server.given.mirror, server.given.head));
    TRY(mirror_missing(s, server.given.mirror, server.given.head, &missing));
    CHECK_EQ(missing, 0);
    return OK;
}

TEST(a_partial_mirror_commits_compares_merges_and_searches)
{
    Server server;
    Given *given = &server.given;
    CommitResult made;
    DiffResult diff;
    SearchResult found;
    const char *first;

    TRY(given_server(s, &server));
    TRY(given_clone(s, &server, "open"));
    CommitOrder order = an_order(given->head, "dursor/12345678",
                                 CHANGES(create("new", "x\n"), rename_file("src/main.c", "app.c")));
    TRY(git_commit_changes(s, given->repo, &order, &made));
    TRY(git_diff_between(s, given->repo, &(DiffRange){.from = given->head, .to = made.commit},
                         &diff));
    CHECK_EQ(diff.files.count, 2);
    TRY(given_sh(s, given->source, "git rev-parse HEAD~2", &first));
    TRY(git_diff_between(s, given->repo,
                         &(DiffRange){.from = text(s, "%s", first), .to = given->head}, &diff));
    SearchQuery query = {.words = TEXTS("hello")};
    TRY(git_search(s, given->repo, made.commit, &query, &found));
    CHECK_EQ(found.hits.count, 1);
    TRY(sh(s, given->source,
           "echo more >> README.md; git commit -qam more; git push -q ../root/name.git main"));
    TRY(given_fetch(s, given));
    MergeOrder merge = {.ours = made.commit,
                        .theirs = given->head,
                        .message = "Merge",
                        .author = order.author,
                        .committer = order.committer,
                        .ours_name = "a",
                        .theirs_name = "main"};
    MergeResult merged;
    TRY(git_merge_into(s, given->repo, &merge, &merged));
    CHECK(merged.made);
    TRY(mirror_tidy(s, given->mirror, 3600 * US_PER_S));
    return git_diff_between(s, given->repo, &(DiffRange){.from = given->head, .to = merged.commit},
                            &diff);
}

TEST(a_token_opens_its_host_and_is_written_nowhere)
{
    Server server;
    const char *log, *found;

    TRY(given_server(s, &server));
    give_token(s, &server, "good-token");
    TRY(given_clone(s, &server, "private"));
    TRY(mirror_fetch(s, server.given.mirror));
    TRY(requests(s, &server, &log));
    CHECK_HAS(log, "x-access-token:good-token");
    TRY(given_sh(s, server.given.dir, "grep -rc good-token workspaces | grep -v ':0$' || true",
                 &found));
    CHECK_TEXT(found, "");
    return OK;
}

TEST(a_wrong_or_absent_token_is_denied_without_being_told)
{
    Server server;
    Mirror *mirror;

    TRY(given_server(s, &server));
    Error *e = open_mirror(s, &server.given, address(s, &server, "private"), &mirror);
    FAILS(DENIED, e);
    CHECK_HAS(e->message, "DURSOR_GIT_TOKEN");
    CHECK_TEXT(e->code, "git_credentials");
    give_token(s, &server, "wrong-token");
    e = open_mirror(s, &server.given, address(s, &server, "private"), &mirror);
    FAILS(DENIED, e);
    CHECK(!strstr(e->message, "wrong-token"));
    CHECK(!directory_exists(text(s, "%s/%s/repo.git", server.given.mirrors.dir, REPO_ID)));
    return OK;
}

TEST(a_redirect_to_another_host_never_gets_the_token)
{
    Server server;
    Mirror *mirror;
    const char *log;

    TRY(given_server(s, &server));
    give_token(s, &server, "good-token");
    FAILS(DENIED, open_mirror(s, &server.given, address(s, &server, "moved"), &mirror));
    TRY(requests(s, &server, &log));
    CHECK_HAS(log, "localhost");
    CHECK(!strstr(log, "good-token"));
    return OK;
}

TEST(servers_that_fail_give_their_kind)
{
    Server server;
    Mirror *mirror;

    TRY(given_server(s, &server));
    FAILS(MISSING, open_mirror(s, &server.given, address(s, &server, "gone"), &mirror));
    FAILS(UNAVAILABLE, open_mirror(s, &server.given, address(s, &server, "broken"), &mirror));
    server.port = 1;
    Error *e = open_mirror(s, &server.given, address(s, &server, "open"), &mirror);
    FAILS(UNAVAILABLE, e);
    CHECK_TEXT(e->code, "git_network");
    return OK;
}

TEST(a_user_credential_helper_is_used_only_when_the_user_allows_it)
{
    Server server;
    Mirror *mirror;
    const char *log;

    TRY(given_server(s, &server));
    GitAccess *access = &server.given.mirrors.access;
    TRY(sh(
        s, server.given.dir,
        "printf '[credential]\\n\\thelper = \"!f() { echo username=x-access-token; "
        "echo password=good-token; }; f\"\\n[core]\\n\\thooksPath = /tmp/evil\\n' > .gitconfig"));
    texts_add(s, &access->user_env, text(s, "HOME=%s", server.given.dir));
    FAILS(DENIED, open_mirror(s, &server.given, address(s, &server, "private"), &mirror));
    access->remote = GIT_TRUST_USER;
    TRY(open_mirror(s, &server.given, address(s, &server, "private"), &mirror));
    TRY(requests(s, &server, &log));
    CHECK_HAS(log, "x-access-token:good-token");
    return OK;
}

TEST(ssh_needs_the_users_own_keys)
{
    Given given;
    Mirror *mirror;

    TRY(given_source(s, &given));
    Error *e = open_mirror(s, &given, "git@127.0.0.1:a/b.git", &mirror);
    FAILS(DENIED, e);
    CHECK_HAS(e->message, "DURSOR_GIT_CREDENTIALS=user");
    return OK;
}

TEST(a_push_moves_the_branch_only_from_where_it_was)
{
    Server server;
    Given *given = &server.given;
    CommitResult made, other;
    const char *there;

    TRY(given_server(s, &server));
    TRY(given_clone(s, &server, "open"));
    CommitOrder order = an_order(given->head, "dursor/12345678", CHANGES(create("new", "x\n")));
    TRY(git_commit_changes(s, given->repo, &order, &made));
    MirrorPush push = {.commit = made.commit, .branch = "dursor/12345678"};
    TRY(mirror_push(s, given->mirror, &push));
    TRY(mirror_push(s, given->mirror, &push)); /* it is there: adopted */
    TRY(given_sh(s, given->dir, "git -C root/name.git rev-parse dursor/12345678", &there));
    CHECK_TEXT(there, made.commit);
    order = an_order(given->head, NULL, CHANGES(create("other", "y\n")));
    TRY(git_commit_changes(s, given->repo, &order, &other));
    push.commit = other.commit;
    FAILS(CONFLICT, mirror_push(s, given->mirror, &push));
    push.expected = made.commit;
    TRY(mirror_push(s, given->mirror, &push));
    push.branch = "--all";
    FAILS(INVALID, mirror_push(s, given->mirror, &push));
    return OK;
}

TEST(a_clone_that_is_cancelled_leaves_nothing)
{
    Server server;
    TextList names = {0};

    TRY(given_server(s, &server));
    UNIT(work, scope_cancel(s), "clone");
    cancel_now(scope_cancel(work), "enough");
    Mirror *mirror;
    Error *e = open_mirror(work, &server.given, address(s, &server, "open"), &mirror);
    CHECK(failed_as(e, CANCELLED));
    const char *folder = text(s, "%s/%s", server.given.mirrors.dir, REPO_ID);
    if (directory_exists(folder))
        TRY(directory_list(s, folder, &names));
    CHECK_EQ(names.count, 0);
    return OK;
}
