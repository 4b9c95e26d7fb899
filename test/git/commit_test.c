/* Changes of files made into commits. */

#include "test/git/given.h"
#include "sys/thread.h"

static fallible content(Scope *s, Given *given, const char *commit, const char *path)
{
    Bytes bytes;

    return git_read(s, given->repo, &(FileAt){commit, path, 1 << 20}, &bytes);
}

TEST(creations_replacements_deletions_and_renames_make_one_commit)
{
    Given given;
    CommitResult made;
    GitCommitInfo info;
    Bytes bytes;

    TRY(given_mirror(s, &given));
    CommitOrder order =
        an_order(given.head, "dursor/11111111",
                 CHANGES(create("docs/deep/new.md", "new\n"), replace("README.md", "# Bye\n"),
                         rename_file("src/main.c", "app/main.c")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    CHECK(made.changed);
    TRY(git_read(s, given.repo, &(FileAt){made.commit, "README.md", 100}, &bytes));
    CHECK(bytes_equal(bytes, BYTES("# Bye\n")));
    TRY(content(s, &given, made.commit, "docs/deep/new.md"));
    TRY(content(s, &given, made.commit, "app/main.c"));
    FAILS(MISSING, content(s, &given, made.commit, "src/main.c"));
    TRY(git_commit_info(s, given.repo, made.commit, &info));
    CHECK_TEXT(info.author.name, "Ann");
    CHECK_TEXT(info.committer.name, "dursor");
    CHECK_TEXT(info.parents.items[0], given.head);
    return sh(s, given.mirror->git_dir, "git fsck --strict --no-dangling");
}

TEST(the_tree_is_the_one_that_git_makes)
{
    Given given;
    CommitResult made;
    const char *wanted;

    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, NULL,
                                 CHANGES(create("a.txt", "a\n"), create("a/b.txt", "b\n"),
                                         create("a-c", "c\n"), delete_file("src/main.c")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(given_sh(s, given.source,
                 "mkdir a; echo a > a.txt; echo b > a/b.txt; echo c > a-c; git rm -q src/main.c;"
                 "git add .; git write-tree",
                 &wanted));
    CHECK_TEXT(made.tree, wanted);
    return OK;
}

TEST(modes_are_kept_unless_changed)
{
    Given given;
    CommitResult made;
    TreeEntry entry;

    TRY(given_mirror(s, &given));
    TreeChange program = create("run.sh", "#!/bin/sh\n");
    program.mode = MODE_EXECUTABLE;
    CommitOrder order = an_order(given.head, NULL, CHANGES(program));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    order = an_order(made.commit, NULL, CHANGES(replace("run.sh", "#!/bin/bash\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(git_entry(s, given.repo, made.commit, "run.sh", &entry));
    CHECK_EQ(entry.mode, MODE_EXECUTABLE);
    TreeChange chmod_it = {.op = TREE_CHMOD, .path = "run.sh", .mode = MODE_FILE};
    order = an_order(made.commit, NULL, CHANGES(chmod_it));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(git_entry(s, given.repo, made.commit, "run.sh", &entry));
    CHECK_EQ(entry.mode, MODE_FILE);
    return OK;
}

TEST(a_file_may_take_the_place_of_a_folder_and_back)
{
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, NULL,
                                 CHANGES(delete_file("src/main.c"), create("src", "now a file\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    order = an_order(made.commit, NULL, CHANGES(delete_file("src"), create("src/again.c", "x\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(content(s, &given, made.commit, "src/again.c"));
    order = an_order(made.commit, NULL, CHANGES(create("src", "x\n")));
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    return sh(s, given.mirror->git_dir, "git fsck --strict --no-dangling");
}

TEST(what_cannot_be_changed_so_is_refused_by_name)
{
    const TreeChange wrong[] = {
        create("README.md", "x"),
        replace("nope", "x"),
        delete_file("nope"),
        delete_file("src"),
        rename_file("nope", "a"),
        create("../out", "x"),
        create(".git/hooks/x", ""),
        create("a/.git/config", ""),
        create(".env", "x"),
        create("README.md/x", ""),
        replace("link", "x"),
        create("link/x", "x"),
        delete_file("link"),
        rename_file("README.md", "src/main.c"),
        create(".gitmodules", "x"),
        {.op = TREE_CHMOD, .path = "README.md", .mode = MODE_SYMLINK},
        rename_file("README.md", "/etc/x"),
        {.op = TREE_CREATE, .path = "x", .mode = 0104755},
        {.op = TREE_RENAME, .path = "README.md"},
        create("src", "x"),
    };
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    TRY(sh(s, given.source, "ln -s /etc link; git add link; git commit -qm link"));
    TRY(given_fetch(s, &given));
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CommitOrder order =
            an_order(given.head, "dursor/22222222", CHANGES(create("ok", "ok\n"), wrong[i]));
        Error *e = git_commit_changes(s, given.repo, &order, &made);
        if (!failed_as(e, INVALID))
            return fail(s, BUG, "change %zu of %s was not refused", i, wrong[i].path);
        CHECK_TEXT(e->code, "path_refused");
    }
    const char *none;
    TRY(git_branch_find(s, given.repo, "dursor/22222222", &none));
    CHECK(none == NULL);
    return OK;
}

TEST(one_path_changes_once)
{
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    CommitOrder order =
        an_order(given.head, NULL, CHANGES(replace("README.md", "a"), replace("README.md", "b")));
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    order = an_order(given.head, NULL, CHANGES(delete_file("README.md"), delete_file("README.md")));
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    order = an_order(given.head, NULL, CHANGES(create("x", "a"), create("x/y", "b")));
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    return OK;
}

TEST(the_same_order_again_makes_the_same_commit_and_succeeds)
{
    Given given;
    CommitResult first, second;

    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, "dursor/33333333", CHANGES(create("x", "x\n")));
    TRY(git_commit_changes(s, given.repo, &order, &first));
    TRY(git_commit_changes(s, given.repo, &order, &second));
    CHECK_TEXT(first.commit, second.commit);
    return OK;
}

TEST(a_branch_that_moved_is_a_conflict)
{
    Given given;
    CommitResult first, second;

    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, "dursor/44444444", CHANGES(create("x", "x\n")));
    TRY(git_commit_changes(s, given.repo, &order, &first));
    order.changes = CHANGES(create("y", "y\n"));
    FAILS(CONFLICT, git_commit_changes(s, given.repo, &order, &second));
    order.expected = given.head;
    FAILS(CONFLICT, git_commit_changes(s, given.repo, &order, &second));
    order.expected = first.commit;
    order.parent = first.commit;
    TRY(git_commit_changes(s, given.repo, &order, &second));
    FAILS(CONFLICT, git_branch_drop(s, given.repo, "dursor/44444444", first.commit));
    TRY(git_branch_drop(s, given.repo, "dursor/44444444", second.commit));
    return git_branch_drop(s, given.repo, "dursor/44444444", second.commit);
}

TEST(a_branch_named_like_the_prefix_is_a_conflict_that_says_so)
{
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    TRY(git_branch_set(s, given.repo, "dursor", NULL, given.head));
    CommitOrder order = an_order(given.head, "dursor/55555555", CHANGES(create("x", "x\n")));
    Error *e = git_commit_changes(s, given.repo, &order, &made);
    FAILS(CONFLICT, e);
    CHECK_HAS(e->message, "branch prefix");
    return OK;
}

TEST(no_change_is_told_and_makes_no_commit)
{
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    CommitOrder order =
        an_order(given.head, "dursor/66666666", CHANGES(replace("README.md", "# Hello\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    CHECK(!made.changed);
    CHECK_TEXT(made.commit, given.head);
    return OK;
}

TEST(messages_keep_their_language_and_get_their_form)
{
    static const char *const typed[][2] = {
        {NULL, "Update changes"},
        {"  \n ", "Update changes"},
        {" Fix it \n\n\n why \t\n and how\n\n", "Fix it\n\n why\n and how"},
        {"ログイン画面を直す\n理由: 崩れていた", "ログイン画面を直す\n\n理由: 崩れていた"},
        {"bell\x07 and \x1b[31m", "bell  and  [31m"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789ab",
         "0123456789012345678901234567890123456789012345678901234567890123456789ab"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789abc",
         "012345678901234567890123456789012345678901234567890123456789012345678..."},
        {"a\n\n\n\nb\n\n\nc", "a\n\nb\n\nc"},
    };

    for (size_t i = 0; i < COUNT_OF(typed); i++)
        CHECK_TEXT(commit_message(s, typed[i][0]), typed[i][1]);
    return OK;
}

TEST(persons_that_git_cannot_write_are_refused)
{
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    CommitOrder order = an_order(given.head, NULL, CHANGES(create("x", "x\n")));
    order.author.name = "";
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    return OK;
}

/* ---- At once ---- */

enum { WRITERS = 10, COMMITS = 12 };

typedef struct Writer {
    const Given *given;
    int number;
} Writer;

static Error *write_commits(Scope *s, void *arg)
{
    Writer *writer = arg;
    const char *at = writer->given->head, *expected = NULL;
    GitRepo *repo;

    TRY(git_open(s, writer->given->mirror, &repo));
    for (int i = 0; i < COMMITS; i++) {
        SCOPE(tmp, s);
        CommitResult made;
        CommitOrder order =
            an_order(at, text(tmp, "dursor/writer%d", writer->number),
                     CHANGES(create(text(tmp, "f%d-%d", writer->number, i), "x\n")));
        order.expected = expected;
        TRY(git_commit_changes(s, repo, &order, &made));
        at = expected = made.commit;
    }
    return OK;
}

/* Reads again and again, each time by a fresh handle and by one that is kept. */
static Error *read_often(Scope *s, void *arg)
{
    const Given *given = arg;
    GitRepo *kept;

    TRY(git_open(s, given->mirror, &kept));
    for (int i = 0; i < 200; i++) {
        SCOPE(tmp, s);
        GitRepo *fresh;
        Bytes bytes;
        TRY(git_open(tmp, given->mirror, &fresh));
        TRY(git_read(tmp, kept, &(FileAt){given->head, "README.md", 100}, &bytes));
        TRY(git_read(tmp, fresh, &(FileAt){given->head, "src/main.c", 100}, &bytes));
    }
    return OK;
}

static Error *fetch_often(Scope *s, void *arg)
{
    const Given *given = arg;

    for (int i = 0; i < 4; i++) {
        TRY(sh(s, given->source, "git commit --allow-empty -qm more"));
        TRY(mirror_fetch(s, given->mirror));
        TRY(mirror_tidy(s, given->mirror, 3600 * US_PER_S));
    }
    return OK;
}

TEST(ten_threads_commit_to_their_branches_while_another_fetches_and_tidies)
{
    Given *given = NEW(s, Given); /* the threads outlive a failure of this function */
    Writer *writers = NEW_ARRAY(s, Writer, WRITERS);
    Thread *threads[WRITERS], *fetcher, *reader;
    const char *count;

    TRY(given_mirror(s, given));
    TRY(thread_start(s, "fetcher", fetch_often, given, &fetcher));
    TRY(thread_start(s, "reader", read_often, given, &reader));
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (Writer){given, i};
        TRY(thread_start(s, "writer", write_commits, &writers[i], &threads[i]));
    }
    for (int i = 0; i < WRITERS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(thread_wait(s, fetcher));
    TRY(thread_wait(s, reader));
    TRY(given_sh(s, given->mirror->git_dir,
                 "for i in 0 1 2 3 4 5 6 7 8 9; do git rev-list --count main..dursor/writer$i"
                 " 2>/dev/null || git rev-list --count dursor/writer$i; done | sort -u",
                 &count));
    CHECK_TEXT(count, "13");
    return sh(s, given->mirror->git_dir, "git fsck --no-dangling");
}

typedef struct Racer {
    const Given *given;
    int number;
    bool won;
} Racer;

static Error *race(Scope *s, void *arg)
{
    Racer *racer = arg;
    GitRepo *repo;
    CommitResult made;

    TRY(git_open(s, racer->given->mirror, &repo));
    CommitOrder order = an_order(racer->given->head, "dursor/race",
                                 CHANGES(create("who", text(s, "%d\n", racer->number))));
    Error *e = git_commit_changes(s, repo, &order, &made);
    if (failed_as(e, CONFLICT))
        return OK;
    TRY(e);
    racer->won = true;
    return OK;
}

TEST(of_many_that_open_one_branch_exactly_one_wins)
{
    Given *given = NEW(s, Given);
    Racer *racers = NEW_ARRAY(s, Racer, WRITERS);
    Thread *threads[WRITERS];
    int won = 0;

    TRY(given_mirror(s, given));
    for (int i = 0; i < WRITERS; i++) {
        racers[i] = (Racer){given, i, false};
        TRY(thread_start(s, "racer", race, &racers[i], &threads[i]));
    }
    for (int i = 0; i < WRITERS; i++) {
        TRY(thread_wait(s, threads[i]));
        won += racers[i].won;
    }
    CHECK_EQ(won, 1);
    return OK;
}

TEST(a_lock_that_a_killed_process_left_on_a_branch_holds_nobody_up)
{
    Given given;
    CommitResult made;

    TRY(given_mirror(s, &given));
    TRY(sh(
        s, given.mirror->git_dir,
        "mkdir -p refs/heads/dursor && touch -d '1 minute ago' refs/heads/dursor/22222222.lock"));
    CommitOrder order = an_order(given.head, "dursor/22222222", CHANGES(create("new.md", "new\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    CHECK(!file_exists(text(s, "%s/refs/heads/dursor/22222222.lock", given.mirror->git_dir)));
    return git_branch_drop(s, given.repo, "dursor/22222222", made.commit);
}

TEST(a_fresh_lock_on_a_branch_is_somebody_elses)
{
    Given given;
    SCOPE(brief, s);

    TRY(given_mirror(s, &given));
    TRY(sh(s, given.mirror->git_dir,
           "mkdir -p refs/heads/dursor && touch refs/heads/dursor/33333333.lock"));
    scope_limit(brief, 300 * US_PER_MS);
    FAILS(TIMEOUT, git_branch_set(brief, given.repo, "dursor/33333333", NULL, given.head));
    CHECK(file_exists(text(s, "%s/refs/heads/dursor/33333333.lock", given.mirror->git_dir)));
    return OK;
}
