/* Repositories made to run code, to escape, or to fill memory and disk. */

#include <sys/resource.h>

#include "test/git/given.h"

/* Everything a repository can set off with the source itself as the trap; "ran" appears if it does. */
static const char traps[] =
    "T=\"touch $PWD/../ran\"; cd .git; for h in post-checkout pre-push post-merge "
    "reference-transaction post-update "
    "pre-receive update post-rewrite post-index-change pre-auto-gc fsmonitor-watchman; do "
    "printf '#!/bin/sh\\n%s\\n' \"$T\" > hooks/$h; chmod +x hooks/$h; done; printf "
    "'#!/bin/sh\\n%s\\n' \"$T\" > ../../trap;"
    "chmod +x ../../trap; cd ..; P=$PWD/../trap; printf '[core]\\n\\tfsmonitor = "
    "%s\\n\\tsshCommand = %s\\n\\teditor = %s\\n"
    "\\tpager = %s\\n\\talternateRefsCommand = %s\\n[uploadpack]\\n\\tpackObjectsHook = %s\\n[diff "
    "\"x\"]\\n\\ttextconv = %s\\n"
    "\\tcommand = %s\\n[filter \"x\"]\\n\\tsmudge = %s\\n\\tclean = %s\\n\\tprocess = %s\\n[merge "
    "\"x\"]\\n\\tdriver = %s\\n"
    "[credential]\\n\\thelper = %s\\n[gpg]\\n\\tprogram = %s\\n' $P $P $P $P $P $P $P $P $P $P $P "
    "$P $P $P > ../evil;"
    "git config include.path $PWD/../evil; printf '* filter=x diff=x merge=x text\\n' > "
    ".gitattributes;"
    "printf '[submodule \"s\"]\\n\\tpath = s\\n\\turl = ext::sh -c touch%%20ran\\n\\tupdate = "
    "!touch ran\\n' > .gitmodules";

TEST(nothing_in_a_source_runs)
{
    Given given;
    CommitResult made;
    DiffResult diff;
    SearchResult found;

    TRY(given_source(s, &given));
    TRY(sh(
        s, given.source,
        text(s, "%s; GIT_CONFIG_COUNT=0 git -c include.path= add -A 2>/dev/null || true", traps)));
    TRY(sh(
        s, given.source,
        "rm -f ../ran; I=$(git config include.path); git config --unset include.path; git add -A;"
        "git -c core.hooksPath=/dev/null commit -qm trapped; git config include.path \"$I\"; rm -f "
        "../ran"));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(git_open(s, given.mirror, &given.repo));
    TRY(given_fetch(s, &given));
    CommitOrder order =
        an_order(given.head, "dursor/12345678", CHANGES(replace("README.md", "x\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(git_diff_between(s, given.repo, &(DiffRange){.from = given.head, .to = made.commit},
                         &diff));
    SearchQuery query = {.words = TEXTS("main")};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    TRY(mirror_tidy(s, given.mirror, 0));
    CHECK(!file_exists(text(s, "%s/ran", given.dir)));
    CHECK(!file_exists(text(s, "%s/hooks/post-update", given.mirror->git_dir)));
    /* The traps are armed. */
    TRY(sh(s, given.source, "git status || true"));
    CHECK(file_exists(text(s, "%s/ran", given.dir)));
    return OK;
}

/* A tree whose entries no checkout would write. */
TEST(names_that_escape_are_only_names)
{
    Given given;
    TreeEntryList entries;
    Bytes bytes;
    CommitResult made;

    TRY(given_source(s, &given));
    TRY(sh(s, given.source,
           "B=$(echo evil | git hash-object -w --stdin); L=$(printf /etc | git hash-object -w "
           "--stdin);"
           "T=$(printf '100644 blob %s\\tx\\n' $B | git mktree);"
           "R=$(printf '100644 blob %s\\t..\\n100644 blob %s\\t.git\\n120000 blob "
           "%s\\tlink\\n040000 tree %s\\tfolder\\n' $B $B $L $T"
           " | git -c core.protectHFS=false mktree); git update-ref refs/heads/main $(git "
           "commit-tree -m evil $R)"));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(git_open(s, given.mirror, &given.repo));
    TRY(given_fetch(s, &given));
    TRY(git_tree_list(s, given.repo, given.head, &entries));
    CHECK_EQ(entries.count, 4);
    FAILS(MISSING, git_read(s, given.repo, &(FileAt){given.head, "link/passwd", 1 << 20}, &bytes));
    CommitOrder order = an_order(given.head, NULL, CHANGES(create("link/passwd", "x")));
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    order = an_order(given.head, NULL, CHANGES(replace("..", "x")));
    FAILS(INVALID, git_commit_changes(s, given.repo, &order, &made));
    return OK;
}

static fallible peak(int64_t *out)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    *out = use.ru_maxrss;
    return OK;
}

/* 1 GB of zeros is a pack of 1 MB. */
TEST(a_file_that_inflates_to_a_gigabyte_costs_nothing)
{
    Given given;
    Bytes bytes;
    SearchResult found;
    DiffResult diff;
    CommitResult made;
    int64_t before, after;

    TRY(given_source(s, &given));
    TRY(sh(s, given.source,
           "head -c 1000000000 /dev/zero | tr '\\0' 'a' | git -c core.compression=1 hash-object -w "
           "--stdin > ../id;"
           "git update-index --add --cacheinfo 100644,$(cat ../id),bomb.txt; git commit -qm bomb; "
           "touch bomb.txt"));
    TRY(peak(&before));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(git_open(s, given.mirror, &given.repo));
    TRY(given_fetch(s, &given));
    FAILS(TOO_LARGE,
          git_read(s, given.repo, &(FileAt){given.head, "bomb.txt", 2000000000}, &bytes));
    SearchQuery query = {.words = TEXTS("aaa")};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK_EQ(found.hits.count, 0);
    CommitOrder order = an_order(given.head, NULL, CHANGES(delete_file("bomb.txt")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    TRY(git_diff_between(s, given.repo, &(DiffRange){.from = given.head, .to = made.commit},
                         &diff));
    CHECK(!diff.complete);
    TRY(mirror_tidy(s, given.mirror, 3600 * US_PER_S));
    TRY(peak(&after));
    CHECK(after - before < 300 * 1024);
    return OK;
}

/* Twelve levels of ten equal folders: 10^12 files in 12 objects. */
TEST(folders_that_multiply_are_counted_and_refused)
{
    Given given;
    TreeEntryList entries;
    DiffResult diff;
    SearchResult found;
    MergeResult merged;
    const char *first;

    TRY(given_source(s, &given));
    TRY(sh(
        s, given.source,
        "T=$(printf '100644 blob %s\\tf\\n' $(echo x | git hash-object -w --stdin) | git mktree); "
        "for l in 1 2 3 4 5 6 7 8 9 10 11 12; do "
        "T=$(for n in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\\td%s\\n' $T $n; done | git "
        "mktree); done;"
        "git branch first; git update-ref refs/heads/main $(git commit-tree -p HEAD -m bomb $T)"));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(git_open(s, given.mirror, &given.repo));
    TRY(given_fetch(s, &given));
    TRY(mirror_resolve(s, given.mirror, "first", &first));
    FAILS(TOO_LARGE, git_tree_list(s, given.repo, given.head, &entries));
    FAILS(TOO_LARGE,
          git_diff_between(s, given.repo, &(DiffRange){.from = first, .to = given.head}, &diff));
    SearchQuery query = {.words = TEXTS("x")};
    FAILS(TOO_LARGE, git_search(s, given.repo, given.head, &query, &found));
    CommitResult made;
    CommitOrder order = an_order(first, NULL, CHANGES(create("x", "x\n")));
    TRY(git_commit_changes(s, given.repo, &order, &made));
    MergeOrder merge = {.ours = made.commit,
                        .theirs = given.head,
                        .message = "m",
                        .author = order.author,
                        .committer = order.committer,
                        .ours_name = "a",
                        .theirs_name = "b"};
    FAILS(TOO_LARGE, git_merge_into(s, given.repo, &merge, &merged));
    return OK;
}

TEST(a_pack_over_the_limit_ends_the_fetch_and_leaves_nothing)
{
    Given given;
    Mirror *mirror;
    TextList names = {0};

    TRY(given_source(s, &given));
    TRY(sh(s, given.source,
           "head -c 3000000 /dev/urandom > big; git add .; git commit -qm big; cd ..;"
           "git clone -q --depth 1 file://$PWD/source shallow"));
    given.mirrors.access.file_max = 1 << 20;
    Error *e = open_mirror(s, &given, text(s, "%s/shallow", given.dir), &mirror);
    FAILS(TOO_LARGE, e);
    CHECK_TEXT(e->code, "repo_too_large");
    TRY(directory_list(s, text(s, "%s/%s", given.mirrors.dir, REPO_ID), &names));
    CHECK_EQ(names.count, 0);
    return OK;
}

TEST(alternates_and_links_in_a_source_lend_nothing)
{
    Given given;
    Mirror *mirror;

    TRY(given_source(s, &given));
    TRY(sh(s, given.dir,
           "git init -q victim; cd victim; echo secret > s; git add .; git commit -qm s; cd ..;"
           "rm -rf source/.git/objects/info; ln -s ../../../victim/.git/objects "
           "source/.git/objects/stolen;"
           "mkdir -p source/.git/objects/info; echo ../../../victim/.git/objects > "
           "source/.git/objects/info/alternates"));
    TRY(open_mirror(s, &given, given.source, &mirror));
    CHECK(!file_exists(text(s, "%s/objects/info/alternates", mirror->git_dir)));
    CHECK(!file_exists(text(s, "%s/objects/stolen", mirror->git_dir)));
    return OK;
}

TEST(ref_names_of_a_source_are_never_options)
{
    Given given;
    TextList branches = {0};
    const char *commit;

    TRY(given_source(s, &given));
    TRY(sh(s, given.source,
           "H=$(git rev-parse HEAD); mkdir -p .git/refs/heads .git/refs/tags; echo $H > "
           ".git/refs/heads/--upload-pack=x;"
           "echo $H > '.git/refs/tags/-rf'; git symbolic-ref HEAD refs/heads/--upload-pack=x"));
    TRY(open_mirror(s, &given, given.source, &given.mirror));
    TRY(mirror_fetch(s, given.mirror));
    TRY(mirror_branches(s, given.mirror, &branches));
    TRY(mirror_resolve(s, given.mirror, NULL, &commit));
    FAILS(MISSING, mirror_resolve(s, given.mirror, "--upload-pack=x", &commit));
    return OK;
}
