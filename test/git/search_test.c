/* Reading and searching files of a commit. */

#include "test/git/given.h"

static fallible given_files(Scope *s, Given *given)
{
    TRY(given_source(s, given));
    TRY(sh(s, given->source,
           "printf 'login\\nLogin form\\nother\\n' > login.c; printf 'form\\nlogin form here\\n' > "
           "a.c;"
           "printf 'login\\0binary' > b.bin; echo login > .env; echo login > server.key; ln -s "
           "login.c link;"
           "yes 'login again' | head -100 > many.txt; printf 'caf\\351 login\\n' > latin.txt; "
           "mkdir LOGIN; echo x > LOGIN/x;"
           "git add -A -f; git commit -qm files"));
    TRY(open_mirror(s, given, given->source, &given->mirror));
    TRY(git_open(s, given->mirror, &given->repo));
    return mirror_resolve(s, given->mirror, NULL, &given->head);
}

static const SearchHit *hit_in(const SearchResult *result, const char *path)
{
    EACH (const SearchHit, hit, &result->hits)
        if (text_equal(hit->path, path))
            return hit;
    return NULL;
}

TEST(files_with_more_of_the_words_come_first)
{
    Given given;
    SearchResult found;

    TRY(given_files(s, &given));
    SearchQuery query = {.words = TEXTS("login", "form")};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK_TEXT(found.hits.items[0].path, "a.c");
    CHECK_EQ(found.hits.items[0].line, 1);
    CHECK_EQ(found.hits.items[0].words, 2);
    CHECK_EQ(found.hits.items[1].words, 3);
    CHECK_TEXT(found.hits.items[1].text, "login form here");
    CHECK_TEXT(hit_in(&found, "latin.txt")->text, "caf\xef\xbf\xbd login");
    CHECK_EQ(hit_in(&found, "LOGIN/x")->line, 0);
    return OK;
}

TEST(secrets_binary_files_and_links_are_not_found)
{
    Given given;
    SearchResult found;

    TRY(given_files(s, &given));
    SearchQuery query = {.words = TEXTS("login")};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK(hit_in(&found, "login.c") != NULL);
    CHECK(!hit_in(&found, ".env") && !hit_in(&found, "server.key"));
    CHECK(!hit_in(&found, "b.bin") && !hit_in(&found, "link"));
    return OK;
}

TEST(capitals_ask_for_exactly_that)
{
    Given given;
    SearchResult found;

    TRY(given_files(s, &given));
    SearchQuery query = {.words = TEXTS("Login")};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK_EQ(found.hits.count, 1);
    CHECK_EQ(found.hits.items[0].line, 2);
    return OK;
}

TEST(limits_cut_the_hits_and_say_so)
{
    Given given;
    SearchResult found;

    TRY(given_files(s, &given));
    SearchQuery query = {.words = TEXTS("again")};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK_EQ(found.hits.count, SEARCH_FILE_HITS_MAX);
    CHECK(found.cut);
    query.limits = (SearchLimits){.hits = 3};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK_EQ(found.hits.count, 3);
    query.limits = (SearchLimits){.file_bytes = 50};
    TRY(git_search(s, given.repo, given.head, &query, &found));
    CHECK_EQ(found.hits.count, 0);
    return OK;
}

TEST(a_query_without_words_is_refused)
{
    Given given;
    SearchResult found;

    TRY(given_files(s, &given));
    FAILS(INVALID, git_search(s, given.repo, given.head, &(SearchQuery){0}, &found));
    SearchQuery query = {.words = TEXTS("ok", "")};
    FAILS(INVALID, git_search(s, given.repo, given.head, &query, &found));
    return OK;
}

TEST(the_tree_lists_every_file_with_mode_and_size)
{
    Given given;
    TreeEntryList entries;
    int64_t size;

    TRY(given_files(s, &given));
    TRY(git_tree_list(s, given.repo, given.head, &entries));
    CHECK_EQ(entries.count, 11);
    EACH (const TreeEntry, entry, &entries) {
        if (text_equal(entry->path, "link"))
            CHECK_EQ(entry->mode, MODE_SYMLINK);
        if (!text_equal(entry->path, "b.bin"))
            continue;
        TRY(git_blob_size(s, given.repo, entry->oid, &size));
        CHECK_EQ(size, 12);
    }
    return OK;
}

TEST(reading_refuses_what_is_no_file_or_too_large)
{
    Given given;
    Bytes bytes;

    TRY(given_files(s, &given));
    FAILS(MISSING, git_read(s, given.repo, &(FileAt){given.head, "nope", 10}, &bytes));
    FAILS(MISSING, git_read(s, given.repo, &(FileAt){given.head, "a.c/x", 10}, &bytes));
    FAILS(MISSING, git_read(s, given.repo, &(FileAt){given.head, "", 10}, &bytes));
    FAILS(MISSING, git_read(s, given.repo, &(FileAt){given.head, "src/", 10}, &bytes));
    FAILS(MISSING, git_read(s, given.repo, &(FileAt){given.head, "../source/a.c", 10}, &bytes));
    FAILS(INVALID, git_read(s, given.repo, &(FileAt){given.head, "src", 10}, &bytes));
    FAILS(TOO_LARGE, git_read(s, given.repo, &(FileAt){given.head, "many.txt", 10}, &bytes));
    FAILS(INVALID, git_read(s, given.repo, &(FileAt){"main", "a.c", 10}, &bytes));
    TRY(git_read(s, given.repo, &(FileAt){given.head, "link", 100}, &bytes));
    CHECK(bytes_equal(bytes, BYTES("login.c")));
    return OK;
}
