/* What of a repository is shown, and in which order. */

#include "agent/context.h"
#include "agent/mentions.h"
#include "agent/show.h"
#include "agent/tree_text.h"
#include "sys/thread.h"
#include "test/agent/given_talk.h"

static const char *words(Scope *s, const char *instruction)
{
    MentionWords found = mentions_words(s, instruction);
    Buffer b = buffer_in(s);

    EACH (const MentionWord, w, &found)
        buffer_format(&b, "%s%s ", w->word, w->code ? "()" : "");
    return text_trim(s, buffer_string(&b));
}

TEST(words_of_code_come_before_words_of_prose)
{
    CHECK_TEXT(words(s, "Please make the banner call getUserName() and \"total\", not user_name"),
               "getUserName() total() user_name() banner call");
    CHECK_TEXT(words(s, "挨拶をgreet()でlanguageがjaのとき日本語にして"), "greet() language");
    CHECK_TEXT(words(s, ""), "");
    return OK;
}

TEST(paths_are_known_in_any_text)
{
    CHECK_EQ(mentions_path("Fix src/a/main.c:12 please", "src/a/main.c").parts, 3);
    CHECK_EQ(mentions_path("Fix src/a/main.c:12 please", "src/a/main.c").line, 12);
    CHECK_EQ(mentions_path("Fix src/a/main.c#L7", "src/a/main.c").line, 7);
    CHECK(mentions_path("「docs/設計.md」を直して", "docs/設計.md").whole);
    CHECK(mentions_path("設計.mdを直して", "設計.md").whole);
    CHECK_EQ(mentions_path("see `main.c`.", "src/a/main.c").parts, 1);
    CHECK_EQ(mentions_path("see b/main.c", "src/a/main.c").parts, 0);
    CHECK_EQ(mentions_path("see lib/src/a/main.c", "src/a/main.c").parts, 0);
    CHECK_EQ(mentions_path("domain.c and main.cc and main.c.in", "main.c").parts, 0);
    CHECK(mentions_path("./main.c", "main.c").whole);
    return OK;
}

static GivenTalk *given_project(Scope *s)
{
    static const ScriptedAnswer nothing[] = {{0}};
    GivenTalk *talk = given_talk(s, nothing);

    for (int i = 0; i < 200; i++)
        given_file(s, talk->files, text(s, "lib/part%d/filler%d.py", i % 20, i), "pass\n");
    given_file(s, talk->files, "src/greet.py", "def greet():\n    return 'hello'\n");
    given_file(s, talk->files, "src/main.py", "from greet import greet\nprint(greet())\n");
    given_file(s, talk->files, "old/greet.py", "def salute():\n    pass\n");
    given_file(s, talk->files, "tests/test_greet.py", "assert greet()\n");
    given_file(s, talk->files, "README.md", "# It greets\n");
    given_file(s, talk->files, "yarn.lock", "greet\n");
    return talk;
}

static const char *ranked(Scope *s, const char *instruction)
{
    GivenTalk *talk = given_project(s);
    Ranking ranking;
    TextList paths = {0};
    Error *e = rank_files(s, &talk->code, instruction, 1000, &ranking);

    EACH (const RankedPath, file, &ranking.files)
        *list_add(s, &paths) = file->path;
    return e ? e->message : text_join(s, &paths, " ");
}

TEST(a_named_file_and_its_tests_come_first)
{
    CHECK(text_starts(ranked(s, "Change src/greet.py"), "src/greet.py tests/test_greet.py "));
    CHECK(text_starts(ranked(s, "Change greet.py"), "src/greet.py old/greet.py "));
    return OK;
}

TEST(files_that_define_a_word_come_before_those_that_use_it)
{
    CHECK(text_starts(ranked(s, "Make greet() louder"),
                      "src/greet.py tests/test_greet.py src/main.py"));
    CHECK(!strstr(ranked(s, "Make greet() louder"), "yarn.lock"));
    return OK;
}

TEST(the_tree_fits_its_page)
{
    GivenTalk *talk = given_project(s);
    TextList paths = {0};

    TRY(talk->code.paths(s, talk->code.self, &paths));
    const char *all = tree_text(s, &paths, 4000);
    CHECK_HAS(all, "src/ greet.py main.py\n");
    CHECK_HAS(all, "lib/part7/ filler107.py");
    CHECK(strlen(all) <= 12000);
    const char *small = tree_text(s, &paths, 300);
    CHECK_HAS(small, "src/ greet.py main.py");
    CHECK(strlen(small) <= 930);
    return OK;
}

TEST(a_folders_own_files_stand_together)
{
    TextList paths = {0};

    texts_add(s, &paths, "a/b/deep.c");
    texts_add(s, &paths, "a/a.c");
    texts_add(s, &paths, "a/z.c");
    texts_add(s, &paths, "top.c");
    CHECK_TEXT(tree_text(s, &paths, 1000), "/ top.c\na/ a.c z.c\na/b/ deep.c\n");
    return OK;
}

TEST(a_part_of_a_file_says_which)
{
    Buffer b = buffer_in(s);
    ShowRange range = show_range(s, "src/a.c:2-3");

    CHECK_TEXT(range.path, "src/a.c");
    show_file(&b, &range, BYTES("one\r\ntwo\r\nthree ```` x\r\nfour\r\n"), 1000);
    CHECK_TEXT(buffer_string(&b),
               "\n### src/a.c (lines 2 to 3 of 4)\n`````\ntwo\nthree ```` x\n`````\n");
    CHECK_EQ(show_file(&b, &(ShowRange){.path = "b"}, (Bytes){"a\0", 2}, 1000).tokens, 0);
    return OK;
}

/* ---- The cache ---- */

typedef struct Asker {
    ContextCache *cache;
    GivenTalk *talk;
    const char *instruction;
    Mutex *mutex;
    int *searches; /* under the mutex */
    int fails;     /* searches that fail, under the mutex */
} Asker;

static fallible counted_search(Scope *s, void *self, const TextList *searched, CodeFound *out)
{
    Asker *asker = self;
    bool fails = false;
    (void)searched;
    (void)out;

    LOCKED (asker->mutex) {
        ++*asker->searches;
        fails = asker->fails-- > 0;
    }
    TRY(scope_sleep(s, 20 * US_PER_MS)); /* the others arrive meanwhile */
    return fails ? fail(s, UNAVAILABLE, "no search now") : OK;
}

static fallible counted_paths(Scope *s, void *self, TextList *out)
{
    Asker *asker = self;

    return asker->talk->code.paths(s, asker->talk, out);
}

static Error *ask(Scope *s, void *arg)
{
    Asker *asker = arg;
    CodeSource code = {.self = asker, .paths = counted_paths, .search = counted_search};
    Ranking ranking;

    TRY(context_ranking(s, asker->cache, &(ContextQuestion){"c0", asker->instruction, NULL}, &code,
                        &ranking));
    return ranking.files.count && ranking.tree ? OK : fail(s, BUG, "the ranking is empty");
}

static fallible ask_together(Scope *s, Asker *asker, int count)
{
    Thread *threads[8];

    for (int i = 0; i < count; i++)
        TRY(thread_start(s, "asker", ask, asker, &threads[i]));
    for (int i = 0; i < count; i++)
        error_drop(thread_wait(s, threads[i]), "what the threads found is counted");
    return OK;
}

static Asker *given_asker(Scope *s)
{
    Asker *asker = NEW(s, Asker);

    *asker = (Asker){context_cache_open(s), given_project(s), "Make greet() louder",
                     NEW(s, Mutex),         NEW(s, int),      0};
    return asker;
}

TEST(runs_of_one_message_rank_once)
{
    Asker *asker = given_asker(s);

    TRY(ask_together(s, asker, 8));
    CHECK_EQ(*asker->searches, 1);
    TRY(ask(s, asker));
    CHECK_EQ(*asker->searches, 1);
    asker->instruction = "Make greet() softer";
    TRY(ask(s, asker));
    CHECK_EQ(*asker->searches, 2);
    return OK;
}

TEST(a_ranking_that_failed_is_made_by_the_next)
{
    Asker *asker = given_asker(s);

    asker->fails = 1;
    TRY(ask_together(s, asker, 4));
    CHECK_EQ(*asker->searches, 2);
    return OK;
}

static const char *louder(Scope *s, int times)
{
    return text(s, "Make greet() louder %d times", times + 100);
}

TEST(the_longest_unused_ranking_makes_room)
{
    Asker *asker = given_asker(s);

    for (int i = 0; i < CONTEXT_CACHE_ENTRIES; i++) {
        asker->instruction = louder(s, i);
        TRY(ask(s, asker));
    }
    asker->instruction = louder(s, 0);
    TRY(ask(s, asker)); /* used again: now number 1 is the oldest */
    asker->instruction = louder(s, CONTEXT_CACHE_ENTRIES);
    TRY(ask(s, asker));
    int before = *asker->searches;
    asker->instruction = louder(s, 0);
    TRY(ask(s, asker));
    CHECK_EQ(*asker->searches, before);
    asker->instruction = louder(s, 1);
    TRY(ask(s, asker));
    CHECK_EQ(*asker->searches, before + 1);
    return OK;
}
