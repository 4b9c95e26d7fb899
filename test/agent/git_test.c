/* The patch agent on a real repository, from its files to a commit. */

#include "agent/code_git.h"
#include "test/agent/given_talk.h"
#include "test/git/given.h"

#define SCRIPT                                                                                     \
    "mkdir -p src/deep && printf 'def greet():\\n    return \"hello\"\\n' > src/greet.py && "      \
    "printf 'hello there\\n' > src/deep/words.txt && printf 'KEY=hello\\n' > .env && "             \
    "printf 'x\\0y' > data.bin && ln -s src/greet.py link && printf '#!/bin/sh\\r\\necho "         \
    "hello\\r\\n' > run.sh && "                                                                    \
    "chmod +x run.sh && git add -A && git -c user.name=a -c user.email=a@b commit -q -m more"

static fallible given_code(Scope *s, Given *given, CodeSource **out)
{
    TRY(given_mirror(s, given));
    TRY(sh(s, given->source, SCRIPT));
    TRY(given_fetch(s, given));
    *out = code_git(s, &(CodeAt){given->repo, given->head, NULL});
    return OK;
}

TEST(a_commit_shows_its_plain_files_and_hides_secrets)
{
    Given given;
    CodeSource *code;
    TextList paths = {0};
    CodeFound found = {0};
    TextList words = {0};

    TRY(given_code(s, &given, &code));
    TRY(code->paths(s, code->self, &paths));
    CHECK(texts_have(&paths, "src/greet.py"));
    CHECK(!texts_have(&paths, ".env"));
    CHECK(!texts_have(&paths, "link"));
    texts_add(s, &words, "hello");
    TRY(code->search(s, code->self, &words, &found));
    EACH (const CodeHit, hit, &found.hits)
        CHECK(!text_equal(hit->path, ".env"));
    CHECK(found.hits.count >= 3);
    return OK;
}

TEST(each_kind_of_entry_is_told_apart)
{
    Given given;
    CodeSource *code;
    SourceFile file;

    TRY(given_code(s, &given, &code));
    TRY(code->files.read(s, code->files.self, "run.sh", 1000, &file));
    CHECK_EQ(file.kind, SOURCE_EXECUTABLE);
    TRY(code->files.read(s, code->files.self, "link", 1000, &file));
    CHECK_EQ(file.kind, SOURCE_SYMLINK);
    TRY(code->files.read(s, code->files.self, "src", 1000, &file));
    CHECK_EQ(file.kind, SOURCE_FOLDER);
    TRY(code->files.read(s, code->files.self, "src/greet.py", 5, &file));
    CHECK_EQ(file.kind, SOURCE_TOO_LARGE);
    TRY(code->files.read(s, code->files.self, "src/greet.py/x", 5, &file));
    CHECK_EQ(file.kind, SOURCE_ABSENT);
    TRY(code->files.read(s, code->files.self, "nope/x", 5, &file));
    CHECK_EQ(file.kind, SOURCE_ABSENT);
    return OK;
}

TEST(a_users_patterns_forbid_as_well)
{
    Given given;
    CodeSource *code;
    TextList forbidden = {0};
    TextList paths = {0};

    TRY(given_code(s, &given, &code));
    texts_add(s, &forbidden, "deep");
    code = code_git(s, &(CodeAt){given.repo, given.head, &forbidden});
    TRY(code->paths(s, code->self, &paths));
    CHECK(!texts_have(&paths, "src/deep/words.txt"));
    CHECK_HAS(code->files.refused(s, code->files.self, "src/deep/new.txt"), "deep");
    CHECK_TEXT(code->files.refused(s, code->files.self, "src/new.txt"), NULL);
    return OK;
}

static const ScriptedAnswer edits[] = {
    {.calls =
         {{"edit_files",
           "{\"edits\":[{\"path\":\"src/"
           "greet.py\",\"op\":\"replace\",\"find\":\"\\\"hello\\\"\",\"replace\":\"\\\"hi\\\"\"},"
           "{\"path\":\"run.sh\",\"op\":\"replace\",\"find\":\"echo hello\\n\",\"replace\":\"echo "
           "hi\\necho there\\n\"},"
           "{\"path\":\"src/deep/words.txt\",\"op\":\"rename\",\"new_path\":\"words.txt\"},"
           "{\"path\":\"data.bin\",\"op\":\"delete\"},"
           "{\"path\":\"docs/new.md\",\"op\":\"create\",\"replace\":\"# "
           "新しい\\n\"}],\"summary\":\"Says hi.\"}"}}},
    {0}};

static fallible committed(Scope *s, const Given *given, const AgentResult *result,
                          const char **commit)
{
    CommitOrder order = an_order(given->head, "dursor/0001", result->changes);
    CommitResult made;

    TRY(git_commit_changes(s, given->repo, &order, &made));
    *commit = made.commit;
    return made.changed ? OK : fail(s, BUG, "nothing was committed");
}

static fallible edited_commit(Scope *s, Given *given, const char **commit)
{
    CodeSource *code;
    GivenTalk *talk = given_talk(s, edits);
    AgentResult result;
    const AgentDriver *driver;

    TRY(given_code(s, given, &code));
    talk->task.repo = given->repo;
    talk->task.base = given->head;
    TRY(agent_driver(s, "patch_agent", &driver));
    TRY(driver->edit(s, &talk->task, &talk->events, &result));
    return committed(s, given, &result, commit);
}

TEST(what_the_model_edits_is_what_git_shows)
{
    Given given;
    const char *commit;
    const char *shown;

    TRY(edited_commit(s, &given, &commit));
    TRY(given_sh(
        s, given.mirror->git_dir,
        text(s, "git -c core.quotepath=off diff -M --summary --numstat %s %s", given.head, commit),
        &shown));
    CHECK_TEXT(shown, "-\t-\tdata.bin\n1\t0\tdocs/new.md\n2\t1\trun.sh\n1\t1\tsrc/greet.py\n"
                      "0\t0\tsrc/deep/words.txt => words.txt\n delete mode 100644 data.bin\n "
                      "create mode 100644 docs/new.md\n"
                      " rename src/deep/words.txt => words.txt (100%)");
    TRY(given_sh(
        s, given.mirror->git_dir,
        text(s, "git show %s:run.sh | od -c | head -3; git ls-tree %s run.sh", commit, commit),
        &shown));
    CHECK_HAS(shown, "\\r");
    CHECK_HAS(shown, "100755 blob");
    return OK;
}

TEST(an_unknown_agent_names_those_there_are)
{
    const AgentDriver *driver;
    Error *e = agent_driver(s, "magic", &driver);

    CHECK(failed_as(e, INVALID));
    CHECK_HAS(e->message, "there is patch_agent");
    return OK;
}

TEST(an_empty_instruction_is_refused)
{
    static const ScriptedAnswer nothing[] = {{0}};
    GivenTalk *talk = given_talk(s, nothing);
    AgentResult result;

    talk->task.instruction = "";
    FAILS(INVALID, patch_agent.edit(s, &talk->task, NULL, &result));
    return OK;
}
