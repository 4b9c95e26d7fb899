/* The App's key and claim, and the cache of tokens. */

#include "forge/github_auth.h"
#include "forge/tokens.h"
#include "test/forge/given.h"

TEST(a_claim_is_signed_with_the_key_and_valid_for_ten_minutes)
{
    ForgeAccess access = {.app_id = "4711"};
    const char *claim, *other;

    TRY(given_key(s, 2048, &access.private_key));
    TRY(given_key(s, 2048, &other));
    TRY(github_claim(s, &access, (Time){1000 * US_PER_S}, &claim));
    CHECK(claim_verifies(s, claim, access.private_key));
    CHECK(!claim_verifies(s, claim, other));
    CHECK_TEXT(claim_text(s, claim), "{\"iat\":940,\"exp\":1540,\"iss\":\"4711\"}");
    return OK;
}

TEST(a_key_is_taken_as_pem_in_base64_and_on_one_line)
{
    const char *pem, *out;

    TRY(given_key(s, 2048, &pem));
    TextList lines = text_split(s, pem, '\n');
    TRY(forge_private_key(s, pem, &out));
    CHECK_TEXT(out, pem);
    TRY(forge_private_key(s, base64(s, bytes_of(pem)), &out));
    CHECK_TEXT(out, pem);
    TRY(forge_private_key(s, text_join(s, &lines, "\\n"), &out));
    CHECK_TEXT(out, pem);
    return OK;
}

TEST(what_is_no_key_is_refused_and_not_repeated)
{
    const char *weak, *out;
    Error *e = forge_private_key(s, "hunter2 is no key", &out);

    CHECK(failed_as(e, INVALID) && !strstr(e->message, "hunter2"));
    TRY(given_key(s, 1024, &weak));
    FAILS(INVALID, forge_private_key(s, weak, &out));
    FAILS(INVALID, forge_private_key(s, "", &out));
    return OK;
}

TEST(a_token_is_found_until_its_end_by_whose_it_is)
{
    ForgeTokens *tokens;

    TRY(forge_tokens_open(s, &tokens));
    token_keep(tokens, "octo", "first", US_PER_MIN);
    token_keep(tokens, "gone", "second", -1);
    CHECK_TEXT(token_find(s, tokens, "octo"), "first");
    CHECK(!token_find(s, tokens, "gone") && !token_find(s, tokens, "other"));
    token_keep(tokens, "octo", "newer", US_PER_MIN);
    CHECK_TEXT(token_find(s, tokens, "octo"), "newer");
    token_drop(tokens, "octo");
    CHECK(!token_find(s, tokens, "octo"));
    return OK;
}

TEST(more_tokens_than_have_room_push_out_the_ones_that_end_first)
{
    ForgeTokens *tokens;

    TRY(forge_tokens_open(s, &tokens));
    for (int i = 0; i < 500; i++)
        token_keep(tokens, text(s, "owner %d", i), text(s, "token %d", i), (i + 1) * US_PER_MIN);
    CHECK_TEXT(token_find(s, tokens, "owner 499"), "token 499");
    CHECK(!token_find(s, tokens, "owner 0"));
    return OK;
}

TEST(the_web_address_follows_from_the_api)
{
    CHECK_TEXT(forge_web_url(s, "https://api.github.com"), "https://github.com");
    CHECK_TEXT(forge_web_url(s, "https://git.example.com/api/v3"), "https://git.example.com");
    return OK;
}
