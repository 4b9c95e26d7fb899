/* Repositories, model profiles, tenants and users. */

#include "base/id.h"
#include "store/models.h"
#include "sys/thread.h"
#include "test/store/world.h"

STORE_TEST(a_repository_is_there_once_for_each_address)
{
    Repo first, again = {.default_branch = "other", .latest_commit = "1", .workspace_path = "/x"},
                found;
    bool made = true, there = false;

    TRY(given_repo(s, w, &first));
    again.repo_url = first.repo_url;
    TRY(TENANT(w, repo_find_or_insert(s, tx, &again, &made)));
    CHECK(!made);
    CHECK_TEXT(again.id, first.id);
    CHECK_TEXT(again.default_branch, "main");
    TRY(READ(w, repo_find(s, tx, first.repo_url, &found, &there)));
    CHECK(there);
    TRY(READ(w, repo_find(s, tx, "https://example.org/other", &found, &there)));
    CHECK(!there);
    return OK;
}

STORE_TEST(another_tenant_has_repositories_of_its_own)
{
    Repo ours, theirs, found;
    bool made = false;

    TRY(given_repo(s, w, &ours));
    theirs = ours;
    theirs.id = NULL;
    TRY(OTHER(w, repo_find_or_insert(s, tx, &theirs, &made)));
    CHECK(made && !text_equal(theirs.id, ours.id));
    FAILS(MISSING, READ(w, repo_get(s, tx, theirs.id, &found)));
    FAILS(MISSING, OTHER(w, repo_select_branch(s, tx, ours.id, "dev")));
    FAILS(MISSING, OTHER(w, repo_fetched(s, tx, &ours)));
    return OK;
}

typedef struct Race {
    World *world;
    char ids[8][ID_SIZE + 1];
    int made[8];
} Race;

typedef struct Racer {
    Race *race;
    int number;
} Racer;

static Error *find_or_insert(Scope *s, void *arg)
{
    const Racer *racer = arg;
    World *w = racer->race->world;
    Repo repo = {.repo_url = "https://example.org/race.git",
                 .default_branch = "main",
                 .latest_commit = "1",
                 .workspace_path = "/x"};
    bool made = false;

    TRY(TENANT(w, repo_find_or_insert(s, tx, &repo, &made)));
    memcpy(racer->race->ids[racer->number], repo.id, ID_SIZE + 1);
    racer->race->made[racer->number] = made;
    return OK;
}

STORE_TEST(of_many_who_ask_for_one_address_one_inserts_it)
{
    Race race = {.world = w};
    Racer racers[COUNT_OF(race.ids)];
    Thread *threads[COUNT_OF(race.ids)];
    int made = 0;

    for (int i = 0; i < (int)COUNT_OF(race.ids); i++) {
        racers[i] = (Racer){&race, i};
        TRY(thread_start(s, "racer", find_or_insert, &racers[i], &threads[i]));
    }
    for (size_t i = 0; i < COUNT_OF(race.ids); i++)
        TRY(thread_wait(s, threads[i]));
    for (size_t i = 0; i < COUNT_OF(race.ids); i++) {
        CHECK_TEXT(race.ids[i], race.ids[0]);
        made += race.made[i];
    }
    CHECK_EQ(made, 1);
    return OK;
}

STORE_TEST(repositories_come_newest_first_and_remember_what_was_fetched)
{
    Repo first, second, found;
    RepoList all;
    Page page = {.limit = 1};

    TRY(given_repo(s, w, &first));
    TRY(given_repo(s, w, &second));
    first.default_branch = "trunk";
    first.latest_commit = "beef";
    TRY(TENANT(w, repo_fetched(s, tx, &first)));
    TRY(TENANT(w, repo_select_branch(s, tx, first.id, "dev")));
    TRY(READ(w, repo_get(s, tx, first.id, &found)));
    CHECK_TEXT(found.default_branch, "trunk");
    CHECK_TEXT(found.latest_commit, "beef");
    CHECK_TEXT(found.selected_branch, "dev");
    TRY(READ(w, repo_list(s, tx, &page, &all)));
    CHECK_TEXT(all.items[0].id, second.id);
    page.cursor = page.next;
    TRY(READ(w, repo_list(s, tx, &page, &all)));
    CHECK_TEXT(all.items[0].id, first.id);
    CHECK(!page.next);
    return OK;
}

STORE_TEST(a_model_keeps_its_sealed_key_byte_for_byte)
{
    ModelProfile model = {.id = id_new(s),
                          .provider = PROVIDER_ANTHROPIC,
                          .model_name = "claude",
                          .base_url = "http://x",
                          .api_key_sealed = BYTES("\x01\x00\x00\xff\x00sealed\n")};
    ModelProfile found;
    ModelProfileList all;
    Page page = {0};

    TRY(TENANT(w, model_profile_insert(s, tx, &model)));
    TRY(READ(w, model_profile_get(s, tx, model.id, &found)));
    CHECK(bytes_equal(found.api_key_sealed, model.api_key_sealed));
    CHECK_EQ(found.provider, PROVIDER_ANTHROPIC);
    CHECK(!found.display_name);
    TRY(READ(w, model_profile_list(s, tx, &page, &all)));
    CHECK_EQ(all.count, 1);
    FAILS(MISSING, OTHER(w, model_profile_get(s, tx, model.id, &found)));
    FAILS(MISSING, OTHER(w, model_profile_delete(s, tx, model.id)));
    TRY(TENANT(w, model_profile_delete(s, tx, model.id)));
    FAILS(MISSING, READ(w, model_profile_get(s, tx, model.id, &found)));
    FAILS(MISSING, READ(w, model_profile_get(s, tx, "env-openai", &found)));
    return OK;
}

STORE_TEST(the_local_tenant_and_user_are_there_from_the_start)
{
    User user;
    Tenant tenant;

    w->caller = local_caller;
    TRY(READ(w, user_get(s, tx, LOCAL_TENANT, &user)));
    CHECK_EQ(user.role, ROLE_ADMIN);
    TRY(SYSTEM(w, tenant_get(s, tx, SYSTEM_TENANT, &tenant)));
    FAILS(MISSING, SYSTEM(w, tenant_get(s, tx, "nobody", &tenant)));
    return OK;
}

STORE_TEST(a_user_belongs_to_one_tenant)
{
    User user = {.id = "u1", .name = "Ada", .email = "ada@example.org", .role = ROLE_DEVELOPER},
         found;

    TRY(TENANT(w, user_insert(s, tx, &user)));
    TRY(READ(w, user_get(s, tx, "u1", &found)));
    CHECK_TEXT(found.name, "Ada");
    FAILS(MISSING, OTHER(w, user_get(s, tx, "u1", &found)));
    FAILS(CONFLICT, TENANT(w, user_insert(s, tx, &user)));
    return OK;
}
