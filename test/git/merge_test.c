/* Moved bases merged into branches. */

#include "test/git/given.h"

/* A branch with one change, and a base that moved by a script. */
typedef struct Moved {
    Given given;
    const char *branch; /* commit */
} Moved;

static fallible given_moved(Scope *s, Moved *moved, TreeChange ours, const char *theirs)
{
    CommitResult made;

    TRY(given_source(s, &moved->given));
    TRY(sh(s, moved->given.source,
           "seq 20 > lines; echo x > gone; git add .; git commit -qm lines"));
    TRY(open_mirror(s, &moved->given, moved->given.source, &moved->given.mirror));
    TRY(git_open(s, moved->given.mirror, &moved->given.repo));
    TRY(given_fetch(s, &moved->given));
    CommitOrder order = an_order(moved->given.head, "dursor/12345678", CHANGES(ours));
    TRY(git_commit_changes(s, moved->given.repo, &order, &made));
    moved->branch = made.commit;
    TRY(sh(s, moved->given.source, text(s, "%s\ngit add -A; git commit -qm moved", theirs)));
    return given_fetch(s, &moved->given);
}

static MergeOrder merge_order(const Moved *moved)
{
    GitPerson dursor = {"dursor", "dursor@localhost", {1700000000 * US_PER_S}};

    return (MergeOrder){.ours = moved->branch,
                        .theirs = moved->given.head,
                        .message = "Merge main",
                        .author = dursor,
                        .committer = dursor,
                        .ours_name = "dursor/12345678",
                        .theirs_name = "main"};
}

static const char *lines_with(Scope *s, int number, const char *word)
{
    Buffer b = buffer_in(s);

    for (int i = 1; i <= 20; i++)
        if (i == number)
            buffer_format(&b, "%s\n", word);
        else
            buffer_format(&b, "%d\n", i);
    return buffer_string(&b);
}

TEST(changes_of_both_sides_come_together)
{
    Moved moved;
    MergeResult merged;
    GitCommitInfo info;
    Bytes bytes;

    TRY(given_moved(s, &moved, replace("lines", lines_with(s, 2, "ours")),
                    "sed -i s/^19$/theirs/ lines; echo n > new"));
    MergeOrder order = merge_order(&moved);
    TRY(git_merge_into(s, moved.given.repo, &order, &merged));
    CHECK(merged.made);
    TRY(git_read(s, moved.given.repo, &(FileAt){merged.commit, "lines", 1000}, &bytes));
    CHECK(bytes_find(bytes, BYTES("\nours\n"), 0) > 0 &&
          bytes_find(bytes, BYTES("\ntheirs\n"), 0) > 0);
    TRY(git_commit_info(s, moved.given.repo, merged.commit, &info));
    CHECK_TEXT(info.parents.items[0], moved.branch);
    CHECK_TEXT(info.parents.items[1], moved.given.head);
    return sh(s, moved.given.mirror->git_dir, "git fsck --no-dangling");
}

TEST(conflicts_are_listed_with_their_reasons)
{
    Moved moved;
    MergeResult merged;

    TRY(given_moved(s, &moved, replace("lines", lines_with(s, 2, "ours")),
                    "sed -i s/^2$/theirs/ lines"));
    MergeOrder order = merge_order(&moved);
    Error *e = git_merge_into(s, moved.given.repo, &order, &merged);
    FAILS(CONFLICT, e);
    CHECK_TEXT(e->code, "merge_conflict");
    CHECK_HAS(e->message, "lines (both changed the same lines)");
    CHECK_EQ(merged.conflicts.count, 1);
    CHECK_TEXT(merged.conflicts.items[0].path, "lines");
    CHECK(merged.commit == NULL);
    return OK;
}

TEST(a_file_deleted_on_one_side_and_changed_on_the_other_conflicts)
{
    Moved moved;
    MergeResult merged;

    TRY(given_moved(s, &moved, replace("gone", "changed\n"), "git rm -q gone"));
    MergeOrder order = merge_order(&moved);
    FAILS(CONFLICT, git_merge_into(s, moved.given.repo, &order, &merged));
    CHECK_TEXT(merged.conflicts.items[0].why, "changed on this branch, deleted there");
    return OK;
}

TEST(a_rename_there_carries_a_change_here)
{
    Moved moved;
    MergeResult merged;
    Bytes bytes;

    TRY(given_moved(s, &moved, replace("lines", lines_with(s, 5, "ours")), "git mv lines numbers"));
    MergeOrder order = merge_order(&moved);
    TRY(git_merge_into(s, moved.given.repo, &order, &merged));
    TRY(git_read(s, moved.given.repo, &(FileAt){merged.commit, "numbers", 1000}, &bytes));
    CHECK(bytes_find(bytes, BYTES("\nours\n"), 0) > 0);
    return OK;
}

TEST(a_base_already_in_the_branch_makes_no_merge)
{
    Moved moved;
    MergeResult merged;
    bool reachable;

    TRY(given_moved(s, &moved, create("x", "x\n"), "echo y > y"));
    MergeOrder order = merge_order(&moved);
    TRY(git_merge_into(s, moved.given.repo, &order, &merged));
    TRY(git_is_ancestor(s, moved.given.repo, moved.given.head, merged.commit, &reachable));
    CHECK(reachable);
    order.ours = merged.commit;
    MergeResult again;
    TRY(git_merge_into(s, moved.given.repo, &order, &again));
    CHECK(!again.made);
    CHECK_TEXT(again.commit, merged.commit);
    return OK;
}

TEST(a_branch_behind_the_base_goes_forward)
{
    Moved moved;
    MergeResult merged;

    TRY(given_moved(s, &moved, create("x", "x\n"), "echo y > y"));
    MergeOrder order = merge_order(&moved);
    GitCommitInfo info;
    TRY(git_commit_info(s, moved.given.repo, moved.branch, &info));
    order.ours = info.parents.items[0];
    TRY(git_merge_into(s, moved.given.repo, &order, &merged));
    CHECK(!merged.made);
    CHECK_TEXT(merged.commit, moved.given.head);
    return OK;
}

TEST(histories_without_a_common_commit_are_not_merged)
{
    Moved moved;
    MergeResult merged;
    const char *base;

    TRY(given_moved(s, &moved, create("x", "x\n"), "git checkout -q --orphan other; echo z > z"));
    MergeOrder order = merge_order(&moved);
    Error *e = git_merge_into(s, moved.given.repo, &order, &merged);
    FAILS(INVALID, e);
    CHECK_TEXT(e->code, "no_common_commit");
    TRY(git_common_base(s, moved.given.repo, order.ours, order.theirs, &base));
    CHECK(base == NULL);
    return OK;
}
