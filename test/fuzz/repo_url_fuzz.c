/* Addresses of repositories: what is taken is normalised, and safe to hand to git. */

#include "git/repo_url.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const RepoUrlBase base = {.home = "/home/me", .dir = "/work"};
    UNIT(s, NULL, "fuzz");
    RepoUrl url, again;
    const char *typed = text_of(s, (Bytes){(const char *)data, size});

    Error *e = repo_url_parse(s, typed, &base, &url);
    if (e) {
        error_drop(e, "refused");
        return 0;
    }
    FUZZ_CHECK(url.text[0] != '-' && !strchr(url.text, '\n') && !text_empty(url.name));
    FUZZ_CHECK(!url.host || url.host[0] != '-');
    FUZZ_CHECK(!repo_url_parse(s, url.text, NULL, &again));
    FUZZ_CHECK(text_equal(url.text, again.text) && text_equal(url.identity, again.identity));
    return 0;
}
