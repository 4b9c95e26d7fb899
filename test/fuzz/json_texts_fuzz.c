/* Logs of the former dursor: what a strict reader takes is taken, with the same texts. */

#include "base/json.h"
#include "service/json_texts.h"
#include "test/fuzz/fuzz.h"

static bool strictly(Bytes json, Buffer *out)
{
    json_t *list = json_loadb(json.data, json.size, JSON_ALLOW_NUL, NULL);
    bool good = json_is_array(list);

    for (size_t i = 0; good && i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        good = json_is_string(item);
        if (good && i)
            buffer_char(out, '\n');
        if (good)
            buffer_add(out, json_string_value(item), json_string_length(item));
    }
    json_decref(list);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Bytes json = {(const char *)data, size};
    Buffer ours = buffer_in(s), strict = buffer_in(s);
    bool taken = json_texts_join(json, &ours);

    if (strictly(json, &strict))
        FUZZ_CHECK(taken && bytes_equal(buffer_view(&ours), buffer_view(&strict)));
    return 0;
}
