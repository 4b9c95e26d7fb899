/* Mirrors of local sources. */

#include <unistd.h>

#include "sys/thread.h"
#include "test/git/given.h"

TEST(a_local_source_is_cloned_whole_and_its_head_is_the_base)
{
    Given given;
    const char *branch, *wanted;

    TRY(given_mirror(s, &given));
    TRY(given_sh(s, given.source, "git rev-parse HEAD", &wanted));
    CHECK_TEXT(given.head, wanted);
    TRY(mirror_default_branch(s, given.mirror, &branch));
    CHECK_TEXT(branch, "main");
    CHECK(!given.mirror->partial);
    CHECK(!file_exists(text(s, "%s/objects/info/alternates", given.mirror->git_dir)));
    CHECK(file_exists(text(s, "%s/config", given.mirror->git_dir)));
    return OK;
}

TEST(the_mirror_outlives_its_source)
{
    Given given;
    Bytes bytes;

    TRY(given_mirror(s, &given));
    TRY(tree_remove(s, given.source));
    TRY(git_read(s, given.repo, &(FileAt){given.head, "README.md", 100}, &bytes));
    CHECK(bytes_equal(bytes, BYTES("# Hello\n")));
    return OK;
}

TEST(a_fetch_brings_new_commits_and_prunes_only_the_sources_branches)
{
    Given given;
    TextList branches = {0};
    CommitResult made;
    const char *commit;

    TRY(sh(s, "/tmp", "true"));
    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, "dursor/12345678", CHANGES(create("new.txt", "x\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(sh(s, given.source, "git branch other; git tag v1"));
    TRY(given_fetch(s, &given));
    TRY(mirror_resolve(s, given.mirror, "other", &commit));
    TRY(mirror_resolve(s, given.mirror, "v1", &commit));
    TRY(sh(s, given.source,
           "git branch -D other; git tag -d v1; git commit --allow-empty -qm second"));
    const char *before = given.head;
    TRY(given_fetch(s, &given));
    CHECK(!text_equal(given.head, before));
    TRY(mirror_branches(s, given.mirror, &branches));
    CHECK_EQ(branches.count, 1);
    FAILS(MISSING, mirror_resolve(s, given.mirror, "v1", &commit));
    TRY(git_branch_find(s, given.repo, "dursor/12345678", &commit));
    CHECK_TEXT(commit, made.commit);
    return OK;
}

TEST(words_of_people_name_commits)
{
    Given given;
    const char *commit;

    TRY(given_mirror(s, &given));
    TRY(sh(s, given.source, "git tag -a -m note v2; git checkout -q -b feature/x"));
    TRY(given_fetch(s, &given));
    const char *words[] = {"main",
                           "refs/heads/main",
                           "origin/main",
                           "feature/x",
                           "v2",
                           "HEAD",
                           "",
                           given.head,
                           text_of(s, (Bytes){given.head, 7})};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        TRY_WHILE(mirror_resolve(s, given.mirror, words[i], &commit), "%s", words[i]);
        CHECK_TEXT(commit, given.head);
    }
    return OK;
}

TEST(words_that_name_nothing_are_missing)
{
    static const char *const words[] = {"nope",
                                        "--upload-pack=x",
                                        "a..b",
                                        "@{-1}",
                                        "HEAD^",
                                        "1234567",
                                        "0123456789012345678901234567890123456789",
                                        "main:README.md",
                                        "\xff"};
    Given given;
    const char *commit;

    TRY(given_mirror(s, &given));
    for (size_t i = 0; i < COUNT_OF(words); i++)
        FAILS(MISSING, mirror_resolve(s, given.mirror, words[i], &commit));
    return OK;
}

TEST(a_detached_head_on_no_branch_is_the_base_of_a_local_path)
{
    Given given;
    const char *wanted, *branch;

    TRY(given_mirror(s, &given));
    TRY(sh(s, given.source, "git checkout -q --detach; git commit --allow-empty -qm lonely"));
    TRY(given_sh(s, given.source, "git rev-parse HEAD", &wanted));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(given_fetch(s, &given));
    CHECK_TEXT(given.head, wanted);
    CHECK(given.mirror->local->branch == NULL);
    TRY(mirror_default_branch(s, given.mirror, &branch));
    CHECK_TEXT(branch, "main");
    return OK;
}

TEST(a_lonely_detached_head_is_there_after_the_first_clone)
{
    Given given;
    const char *wanted;

    TRY(given_source(s, &given));
    TRY(given_sh(
        s, given.source,
        "git checkout -q --detach; git commit --allow-empty -qm lonely; git rev-parse HEAD",
        &wanted));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(mirror_resolve(s, given.mirror, NULL, &given.head));
    CHECK_TEXT(given.head, wanted);
    return OK;
}

TEST(an_empty_repository_is_said_to_be_empty)
{
    Given given;
    const char *branch;
    TextList branches = {0};

    TRY(given_source(s, &given));
    TRY(sh(s, given.dir, "git init -q empty"));
    TRY(open_mirror(s, &given, text(s, "%s/empty", given.dir), &given.mirror));
    TRY(mirror_fetch(s, given.mirror));
    TRY(mirror_branches(s, given.mirror, &branches));
    CHECK_EQ(branches.count, 0);
    Error *e = mirror_default_branch(s, given.mirror, &branch);
    FAILS(INVALID, e);
    CHECK_TEXT(e->code, "repo_empty");
    FAILS(INVALID, mirror_resolve(s, given.mirror, NULL, &branch));
    return OK;
}

TEST(linked_worktrees_share_a_mirror_and_keep_their_heads)
{
    Given given;
    Mirror *linked;
    const char *main_head, *tree_head, *wanted;

    TRY(given_mirror(s, &given));
    TRY(given_sh(s, given.source,
                 "git worktree add -q ../linked -b side; cd ../linked;"
                 "git commit --allow-empty -qm side; git rev-parse HEAD",
                 &wanted));
    TRY(open_mirror(s, &given, text(s, "%s/linked", given.dir), &linked));
    CHECK_TEXT(linked->local->common_dir, given.mirror->local->common_dir);
    TRY(mirror_fetch(s, linked));
    TRY(mirror_fetch(s, given.mirror));
    TRY(mirror_resolve(s, linked, NULL, &tree_head));
    TRY(mirror_resolve(s, given.mirror, NULL, &main_head));
    CHECK_TEXT(tree_head, wanted);
    CHECK_TEXT(main_head, given.head);
    return OK;
}

TEST(the_folders_of_a_checkout_lead_to_its_repository)
{
    Given given;

    TRY(given_source(s, &given));
    TRY(open_mirror(s, &given, text(s, "%s/src", given.source), &given.mirror));
    CHECK_TEXT(given.mirror->local->top, given.source);
    TRY(mirror_fetch(s, given.mirror));
    return OK;
}

TEST(a_shallow_source_works)
{
    Given given;
    const char *wanted;
    bool reachable;

    TRY(given_source(s, &given));
    TRY(sh(s, given.dir,
           "cd source; for i in 1 2 3; do git commit --allow-empty -qm $i; done; cd ..;"
           "git clone -q --depth 2 file://$PWD/source shallow"));
    TRY(open_mirror(s, &given, text(s, "%s/shallow", given.dir), &given.mirror));
    TRY(sh(s, given.dir, "cd shallow; echo x > x; git add x; git commit -qm x"));
    TRY(mirror_fetch(s, given.mirror));
    TRY(mirror_resolve(s, given.mirror, NULL, &given.head));
    TRY(given_sh(s, given.dir, "git -C shallow rev-parse HEAD", &wanted));
    CHECK_TEXT(given.head, wanted);
    TRY(git_open(s, given.mirror, &given.repo));
    TRY(git_is_ancestor(s, given.repo, given.head, given.head, &reachable));
    CHECK(reachable);
    return OK;
}

TEST(a_source_that_borrows_objects_is_copied_whole)
{
    Given given;
    Bytes bytes;

    TRY(given_source(s, &given));
    TRY(sh(s, given.dir, "git clone -q --shared source borrower"));
    TRY(open_mirror(s, &given, text(s, "%s/borrower", given.dir), &given.mirror));
    TRY(tree_remove(s, given.source));
    CHECK(!file_exists(text(s, "%s/objects/info/alternates", given.mirror->git_dir)));
    TRY(git_open(s, given.mirror, &given.repo));
    TRY(mirror_resolve(s, given.mirror, NULL, &given.head));
    TRY(git_read(s, given.repo, &(FileAt){given.head, "README.md", 100}, &bytes));
    return OK;
}

TEST(sources_that_cannot_be_read_whole_say_what_to_do)
{
    Given given;
    Mirror *mirror;

    TRY(given_source(s, &given));
    TRY(sh(s, given.dir,
           "git -C source config uploadpack.allowFilter true;"
           "git clone -q --bare --filter=blob:none file://$PWD/source partial; git init -q "
           "--object-format=sha256 long;"
           "mkdir plain"));
    Error *e = open_mirror(s, &given, text(s, "%s/partial", given.dir), &mirror);
    FAILS(UNSUPPORTED, e);
    CHECK_HAS(e->message, "partial clone");
    e = open_mirror(s, &given, text(s, "%s/long", given.dir), &mirror);
    FAILS(UNSUPPORTED, e);
    CHECK_HAS(e->message, "sha1");
    FAILS(MISSING, open_mirror(s, &given, text(s, "%s/plain", given.dir), &mirror));
    FAILS(MISSING, open_mirror(s, &given, text(s, "%s/nowhere", given.dir), &mirror));
    given.mirrors.allow_file = false;
    FAILS(INVALID, open_mirror(s, &given, given.source, &mirror));
    return OK;
}

TEST(a_repository_of_another_user_is_refused)
{
    Given given;
    Mirror *mirror;

    if (geteuid() != 0)
        return test_skip(s, "only root can give files away");
    TRY(given_source(s, &given));
    TRY(sh(s, given.dir, "chown -R 12345 source"));
    Error *e = open_mirror(s, &given, given.source, &mirror);
    FAILS(DENIED, e);
    CHECK_TEXT(e->code, "repo_foreign");
    return OK;
}

TEST(what_a_killed_clone_left_is_swept_and_nothing_half_made_is_used)
{
    Given given;
    TextList names = {0};

    TRY(given_source(s, &given));
    TRY(sh(s, given.dir, "mkdir -p workspaces/" REPO_ID "/new-abc/repo.git/objects"));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(directory_list(s, text(s, "%s/%s", given.mirrors.dir, REPO_ID), &names));
    CHECK_EQ(names.count, 1);
    CHECK_TEXT(names.items[0], "repo.git");
    return OK;
}

TEST(below_the_disk_floor_nothing_is_cloned_or_fetched)
{
    Given given;
    Mirror *mirror;

    TRY(given_mirror(s, &given));
    given.mirrors.disk_floor = INT64_MAX;
    Error *e = mirror_fetch(s, given.mirror);
    FAILS(UNAVAILABLE, e);
    CHECK_TEXT(e->code, "disk_full");
    TRY(mirror_remove(s, &given.mirrors, REPO_ID));
    FAILS(UNAVAILABLE, open_mirror(s, &given, given.source, &mirror));
    CHECK(!directory_exists(text(s, "%s/%s/repo.git", given.mirrors.dir, REPO_ID)));
    return OK;
}

TEST(an_id_that_is_no_uuid_never_becomes_a_path)
{
    Given given;
    RepoUrl url;
    Mirror *mirror;

    TRY(given_source(s, &given));
    TRY(repo_url_parse(s, given.source, NULL, &url));
    FAILS(INVALID, mirror_open(s, &given.mirrors, "../../etc", &url, &mirror));
    FAILS(INVALID, mirror_remove(s, &given.mirrors, ".."));
    return OK;
}

TEST(tidying_keeps_run_branches_and_young_objects)
{
    Given given;
    CommitResult kept, loose;
    GitCommitInfo info;

    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, "dursor/aaaaaaaa", CHANGES(create("a", "a\n")));
    TRY(git_commit_changes(s, given.repo, &order, &kept));
    order = an_order(given.head, NULL, CHANGES(create("b", "b\n")));
    TRY(git_commit_changes(s, given.repo, &order, &loose));
    TRY(mirror_tidy(s, given.mirror, 3600 * US_PER_S));
    TRY(git_commit_info(s, given.repo, kept.commit, &info));
    TRY(git_commit_info(s, given.repo, loose.commit, &info));
    TRY(sh(s, given.mirror->git_dir,
           "find objects -name '[0-9a-f]*' -type f -exec touch -d yesterday {} +"));
    TRY(mirror_tidy(s, given.mirror, 3600 * US_PER_S));
    GitRepo *again;
    TRY(git_open(s, given.mirror, &again));
    TRY(git_commit_info(s, again, kept.commit, &info));
    FAILS(MISSING, git_commit_info(s, again, loose.commit, &info));
    return OK;
}

TEST(uncommitted_changes_of_a_checkout_are_noticed)
{
    Given given;
    bool dirty;

    TRY(given_source(s, &given));
    TRY(local_dirty(s, given.source, &dirty));
    CHECK(!dirty);
    TRY(sh(s, given.source, "echo more >> README.md"));
    TRY(local_dirty(s, given.source, &dirty));
    CHECK(dirty);
    return OK;
}

TEST(a_mirror_that_is_there_is_used_without_a_look_at_its_source)
{
    Given given;
    Mirror *mirror;
    GitRepo *repo;
    GitCommitInfo info;

    TRY(given_mirror(s, &given));
    RepoUrl source = given.mirror->source;
    TRY(tree_remove(s, given.source));
    FAILS(MISSING, mirror_open(s, &given.mirrors, REPO_ID, &source, &mirror));
    TRY(mirror_use(s, &given.mirrors, REPO_ID, &source, &mirror));
    TRY(git_open(s, mirror, &repo));
    TRY(git_commit_info(s, repo, given.head, &info));
    given.mirrors.allow_file = false;
    FAILS(INVALID, mirror_use(s, &given.mirrors, REPO_ID, &source, &mirror));
    return OK;
}

TEST(the_person_of_a_repository_is_the_last_one_its_configuration_names)
{
    Given given;
    LocalSource source = {0}, nobody = {0};

    TRY(given_source(s, &given));
    TRY(sh(s, given.source,
           "git config user.name 'Ann  B. \xC3\x96' && git config user.email a@example.org"));
    TRY(local_person(s, &given.mirrors.access, given.source, &source));
    CHECK_TEXT(source.name, "Ann  B. \xC3\x96");
    CHECK_TEXT(source.email, "a@example.org");
    TRY(sh(s, given.source, "git config user.name ''; git config --unset user.email || true"));
    TRY(local_person(s, &given.mirrors.access, given.source, &nobody));
    CHECK(nobody.name == NULL);
    return OK;
}

static Error *open_first(Scope *s, void *arg)
{
    Given *given = arg;
    Mirror *mirror;
    const char *head;

    TRY(open_mirror(s, given, given->source, &mirror));
    return mirror_resolve(s, mirror, NULL, &head);
}

TEST(many_that_need_the_mirror_first_make_it_once)
{
    Given *given = NEW(s, Given);
    Thread *threads[6];
    TextList names = {0};

    TRY(given_source(s, given));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_start(s, "opener", open_first, given, &threads[i]));
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        TRY(thread_wait(s, threads[i]));
    TRY(directory_list(s, text(s, "%s/%s", given->mirrors.dir, REPO_ID), &names));
    CHECK_EQ(names.count, 1);
    return OK;
}
