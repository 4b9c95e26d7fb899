/* Sealing what people entrust to the database. */

#include <sys/stat.h>

#include "service/app.h"
#include "sys/file.h"
#include "sys/thread.h"
#include "test/test.h"

static const SealPlace place = {"t1", "model_profiles", "p1", "api_key"};

static fallible given_keys(Scope *s, Settings *settings, Keys **out)
{
    if (!settings->data_dir)
        TRY(directory_temporary(s, "/tmp", "dursor-keys", &settings->data_dir));
    return keys_open(s, settings, out);
}

TEST(a_secret_opens_only_where_it_was_sealed)
{
    Settings settings = {0};
    SealPlace elsewhere[] = {{"t2", "model_profiles", "p1", "api_key"},
                             {"t1", "other", "p1", "api_key"},
                             {"t1", "model_profiles", "p2", "api_key"},
                             {"t1", "model_profiles", "p1", "other"}};
    const char *plain;
    Bytes sealed;
    Keys *keys;

    TRY(given_keys(s, &settings, &keys));
    TRY(keys_seal(s, keys, &place, "sk-secret", &sealed));
    CHECK(!memmem(sealed.data, sealed.size, "sk-secret", 9));
    TRY(keys_unseal(s, keys, &place, sealed, &plain));
    CHECK_TEXT(plain, "sk-secret");
    for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
        FAILS(INVALID, keys_unseal(s, keys, &elsewhere[i], sealed, &plain));
    return OK;
}

TEST(another_key_is_told_by_its_name)
{
    Settings one = {.encryption_key = "the first key"}, two = {.encryption_key = "the second key"};
    const char *plain;
    Bytes sealed;
    Keys *keys, *others;

    TRY(given_keys(s, &one, &keys));
    TRY(given_keys(s, &two, &others));
    TRY(keys_seal(s, keys, &place, "sk-secret", &sealed));
    Error *e = keys_unseal(s, others, &place, sealed, &plain);
    CHECK(failed_as(e, INVALID));
    CHECK_TEXT(e->code, "key_mismatch");
    CHECK_HAS(e->message, "DURSOR_ENCRYPTION_KEY");
    return OK;
}

TEST(the_same_words_give_the_same_key_after_a_restart)
{
    Settings settings = {.encryption_key = "the words"};
    const char *plain;
    Bytes sealed;
    Keys *before, *after;

    TRY(given_keys(s, &settings, &before));
    TRY(given_keys(s, &settings, &after));
    TRY(keys_seal(s, before, &place, "sk-secret", &sealed));
    return keys_unseal(s, after, &place, sealed, &plain);
}

typedef struct Start {
    Settings settings;
    Bytes sealed;
} Start;

static Error *first_start(Scope *s, void *arg)
{
    Start *start = arg;
    Keys *keys;

    return keys_open(s, &start->settings, &keys);
}

TEST(processes_that_start_first_at_once_agree_on_one_key_that_only_its_owner_can_read)
{
    enum { STARTS = 6 };
    Start start = {0};
    Thread *threads[STARTS];
    const char *plain;
    struct stat about;
    Keys *before, *after;

    TRY(directory_temporary(s, "/tmp", "dursor-keys", &start.settings.data_dir));
    for (int i = 0; i < STARTS; i++)
        TRY(thread_start(s, "start", first_start, &start, &threads[i]));
    for (int i = 0; i < STARTS; i++)
        TRY(thread_wait(s, threads[i]));
    TRY(keys_open(s, &start.settings, &before));
    TRY(keys_seal(s, before, &place, "sk-secret", &start.sealed));
    TRY(keys_open(s, &start.settings, &after));
    TRY(keys_unseal(s, after, &place, start.sealed, &plain));
    const char *path = text(s, "%s/secrets/encryption-key", start.settings.data_dir);
    CHECK_EQ(stat(path, &about), 0);
    CHECK_EQ(about.st_mode & 0777, 0600);
    return OK;
}

TEST(a_damaged_key_file_is_not_replaced)
{
    Settings settings = {0};
    Keys *keys;

    TRY(given_keys(s, &settings, &keys));
    const char *path = text(s, "%s/secrets/encryption-key", settings.data_dir);
    TRY(file_write(s, path, BYTES("half a k"), 0600));
    FAILS(INVALID, keys_open(s, &settings, &keys));
    return OK;
}
