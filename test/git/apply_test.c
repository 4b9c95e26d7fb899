/* The result of a run brought into the user's checkout. */

#include "test/git/given.h"

typedef struct Run {
    Given given;
    const char *commit;
} Run;

/* A run on the source that changes lines 5 of "lines" and README.md, adds added.txt, deletes gone. */
static fallible given_run(Scope *s, Run *run)
{
    CommitResult made;
    Bytes lines;

    TRY(given_source(s, &run->given));
    TRY(sh(s, run->given.source,
           "seq 20 > lines; echo x > gone; echo keep > other; printf '*.log\\n' > .gitignore;"
           "git add .; git commit -qm lines"));
    TRY(open_mirror(s, &run->given, run->given.source, &run->given.mirror));
    TRY(git_open(s, run->given.mirror, &run->given.repo));
    TRY(mirror_resolve(s, run->given.mirror, NULL, &run->given.head));
    TRY(git_read(s, run->given.repo, &(FileAt){run->given.head, "lines", 1000}, &lines));
    Buffer changed = buffer_in(s);
    buffer_text(&changed, "1\n2\n3\n4\nfive\n");
    buffer_add(&changed, lines.data + 10, lines.size - 10);
    CommitOrder order =
        an_order(run->given.head, "dursor/12345678",
                 CHANGES(replace("lines", buffer_string(&changed)), create("added.txt", "added\n"),
                         create("run.log", "log\n"), delete_file("gone")));
    TRY(git_commit_changes(s, run->given.repo, &order, &made));
    run->commit = made.commit;
    return OK;
}

static ApplyOrder apply_order(const Run *run)
{
    return (ApplyOrder){.access = &run->given.mirrors.access,
                        .checkout = run->given.source,
                        .mirror = run->given.mirror->git_dir,
                        .base = run->given.head,
                        .commit = run->commit,
                        .now = {1768044887123456}};
}

/* The state of a checkout in a line: index, files, and what is untracked. */
static fallible state(Scope *s, const Run *run, const char **out)
{
    return given_sh(
        s, run->given.source,
        "git ls-files -s | sha256sum; git status --porcelain --ignored;"
        "find . -path ./.git -prune -o -type f -print | sort | xargs -d '\\n' sha256sum",
        out);
}

TEST(a_run_arrives_in_index_and_files)
{
    Run run;
    ApplyResult applied;
    const char *said;

    TRY(given_run(s, &run));
    ApplyOrder order = apply_order(&run);
    TRY(git_apply_run(s, &order, &applied));
    CHECK_EQ(applied.files, 4);
    TRY(given_sh(s, run.given.source, "git status --porcelain; sed -n 5p lines; cat added.txt",
                 &said));
    CHECK_TEXT(said, "A  added.txt\nD  gone\nM  lines\nA  run.log\nfive\nadded");
    return sh(s, run.given.source,
              text(s, "test $(git write-tree) = $(git rev-parse %s^{tree})", run.commit));
}

TEST(other_work_of_the_user_stays)
{
    Run run;
    ApplyResult applied;
    const char *said;

    TRY(given_run(s, &run));
    TRY(sh(
        s, run.given.source,
        "sed -i s/^19$/nineteen/ lines; git commit -qam mine; echo dirty >> other; echo s > staged;"
        "git add staged; echo u > untracked"));
    ApplyOrder order = apply_order(&run);
    TRY(git_apply_run(s, &order, &applied));
    TRY(given_sh(s, run.given.source, "sed -n '5p;19p' lines; git status --porcelain", &said));
    CHECK_TEXT(said, "five\nnineteen\nA  added.txt\nD  gone\nM  lines\n M other\nA  run.log\nA  "
                     "staged\n?? untracked");
    return OK;
}

/* Each script makes the checkout unfit; nothing may change. */
TEST(what_does_not_go_together_changes_nothing)
{
    static const char *const unfit[][2] = {
        {"sed -i s/^5$/mine/ lines; git commit -qam mine", "apply_conflict"},
        {"sed -i s/^5$/mine/ lines; git add lines", "apply_conflict"},
        {"sed -i s/^19$/mine/ lines", "checkout_dirty"},
        {"rm lines", "checkout_dirty"},
        {"echo mine > added.txt", "checkout_dirty"},
        {"echo mine > run.log", "checkout_dirty"},
        {"mkdir added.txt; echo mine > added.txt/x", "checkout_dirty"},
        {"echo changed > gone", "checkout_dirty"},
        {"git checkout -qb side; sed -i s/^5$/a/ lines; git commit -qam a; git checkout -q main; "
         "sed -i s/^5$/b/ lines;"
         "git commit -qam b; git merge -q side || true",
         "checkout_unmerged"},
    };

    for (size_t i = 0; i < COUNT_OF(unfit); i++) {
        SCOPE(tmp, s);
        Run run;
        ApplyResult applied;
        const char *before, *after;
        TRY(given_run(tmp, &run));
        TRY(sh(tmp, run.given.source, unfit[i][0]));
        TRY(state(tmp, &run, &before));
        ApplyOrder order = apply_order(&run);
        Error *e = git_apply_run(tmp, &order, &applied);
        if (!failed_as(e, CONFLICT))
            return fail(s, BUG, "no conflict after: %s", unfit[i][0]);
        CHECK_TEXT(e->code, unfit[i][1]);
        TRY(state(tmp, &run, &after));
        CHECK_TEXT(after, before);
    }
    return OK;
}

TEST(force_saves_everything_it_overwrites_and_tells_the_way_back)
{
    static const char *const unfit[] = {
        "sed -i s/^5$/mine/ lines; git commit -qam mine; echo dirty >> lines; echo dirty >> other",
        "echo mine > added.txt; echo mine > run.log; rm gone; echo staged >> other; git add other; "
        "echo more >> other",
        "mkdir -p added.txt/deep; echo mine > added.txt/deep/x; rm lines; mkdir lines; echo y > "
        "lines/y",
    };

    for (size_t i = 0; i < COUNT_OF(unfit); i++) {
        SCOPE(tmp, s);
        Run run;
        ApplyResult applied;
        const char *before, *after, *got;
        TRY(given_run(tmp, &run));
        TRY(sh(tmp, run.given.source, unfit[i]));
        TRY(state(tmp, &run, &before));
        ApplyOrder order = apply_order(&run);
        order.force = true;
        TRY_WHILE(git_apply_run(tmp, &order, &applied), "%s", unfit[i]);
        CHECK_TEXT(applied.backup, "refs/dursor/backup/20260110T113447.123456Z");
        TRY(given_sh(tmp, run.given.source,
                     "sed -n 5p lines; cat added.txt run.log; test ! -e gone", &got));
        CHECK_TEXT(got, "five\nadded\nlog");
        EACH (const char *, command, &applied.way_back)
            TRY(sh(tmp, run.given.source, *command));
        TRY(state(tmp, &run, &after));
        CHECK_TEXT(after, before);
    }
    return OK;
}

TEST(a_repository_in_the_way_is_never_removed)
{
    Run run;
    ApplyResult applied;

    TRY(given_run(s, &run));
    TRY(sh(s, run.given.source,
           "git init -q added.txt; cd added.txt; echo x > x; git add .; git commit -qm x"));
    ApplyOrder order = apply_order(&run);
    order.force = true;
    FAILS(CONFLICT, git_apply_run(s, &order, &applied));
    CHECK(file_exists(text(s, "%s/added.txt/x", run.given.source)));
    return OK;
}

TEST(a_linked_folder_is_not_written_through)
{
    Run run;
    ApplyResult applied;
    CommitResult made;

    TRY(given_run(s, &run));
    CommitOrder change =
        an_order(run.given.head, NULL, CHANGES(create("sub/file", "from the run\n")));
    TRY(git_commit_changes(s, run.given.repo, &change, &made));
    TRY(git_branch_set(s, run.given.repo, "dursor/22222222", NULL, made.commit));
    TRY(sh(s, run.given.source, "mkdir ../outside; ln -s ../outside sub"));
    ApplyOrder order = apply_order(&run);
    order.commit = made.commit;
    FAILS(CONFLICT, git_apply_run(s, &order, &applied));
    CHECK(!file_exists(text(s, "%s/outside/file", run.given.dir)));
    order.force = true;
    TRY(git_apply_run(s, &order, &applied));
    CHECK(!file_exists(text(s, "%s/outside/file", run.given.dir)));
    CHECK(directory_exists(text(s, "%s/outside", run.given.dir)));
    return OK;
}

TEST(hooks_of_the_checkout_do_not_run_but_its_filters_do)
{
    Run run;
    ApplyResult applied;
    const char *said;

    TRY(given_run(s, &run));
    TRY(sh(
        s, run.given.source,
        "for h in post-checkout post-index-change reference-transaction pre-commit; do "
        "printf '#!/bin/sh\\ntouch ../hook-ran\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done;"
        "printf '#!/bin/sh\\ntouch ../monitor-ran\\n' > ../monitor; chmod +x ../monitor;"
        "git config core.fsmonitor $PWD/../monitor; git config filter.loud.smudge 'tr a-z A-Z';"
        "git config filter.loud.clean 'tr A-Z a-z'; echo 'added.txt filter=loud' > "
        ".git/info/attributes"));
    ApplyOrder order = apply_order(&run);
    TRY(git_apply_run(s, &order, &applied));
    CHECK(!file_exists(text(s, "%s/hook-ran", run.given.dir)));
    CHECK(!file_exists(text(s, "%s/monitor-ran", run.given.dir)));
    TRY(given_sh(s, run.given.source, "cat added.txt", &said));
    CHECK_TEXT(said, "ADDED");
    return OK;
}

TEST(a_run_becomes_a_branch_of_the_users_repository)
{
    Run run;
    const char *there;

    TRY(given_run(s, &run));
    BranchOrder order = {.access = &run.given.mirrors.access,
                         .checkout = run.given.source,
                         .mirror = run.given.mirror->git_dir,
                         .commit = run.commit,
                         .branch = "mine/of-run"};
    TRY(git_branch_from(s, &order));
    TRY(git_branch_from(s, &order));
    TRY(given_sh(s, run.given.source, "git rev-parse mine/of-run; git status --porcelain", &there));
    CHECK_TEXT(there, run.commit);
    order.branch = "main";
    FAILS(CONFLICT, git_branch_from(s, &order));
    order.branch = "-x";
    FAILS(INVALID, git_branch_from(s, &order));
    return OK;
}

TEST(a_place_without_a_checkout_is_refused)
{
    Run run;
    ApplyResult applied;

    TRY(given_run(s, &run));
    ApplyOrder order = apply_order(&run);
    order.checkout = run.given.mirror->git_dir;
    FAILS(INVALID, git_apply_run(s, &order, &applied));
    order.checkout = "/";
    FAILS(MISSING, git_apply_run(s, &order, &applied));
    return OK;
}
