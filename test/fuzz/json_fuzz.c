/* JSON read by a table, and written again: what was read must come back the same. */

#include "base/json.h"
#include "test/fuzz/fuzz.h"

typedef struct Inner {
    const char *name;
    OptReal share;
} Inner;

typedef LIST_OF(Inner) InnerList;

typedef struct Outer {
    const char *title;
    int64_t count;
    bool open;
    Time at;
    TextList words;
    Bytes raw;
    Json extra;
    Inner one;
    InnerList many;
} Outer;

static const Type inner_type =
    TYPE(Inner, "A part.", FIELD(Inner, name, REQUIRED), FIELD(Inner, share));

static const Type outer_type =
    TYPE(Outer, "A whole with a field of most kinds.", FIELD(Outer, title, REQUIRED, .most = 40),
         FIELD(Outer, count, 0, .preset = "3", .least = -5, .most = 500), FIELD(Outer, open),
         FIELD(Outer, at), FIELD(Outer, words), FIELD(Outer, raw), FIELD(Outer, extra),
         OBJECT(Outer, one, inner_type, REQUIRED), LIST(Outer, many, inner_type));

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    Outer first = {0}, second = {0};
    Error *e = json_read(s, (Bytes){(const char *)data, size}, &outer_type, &first);

    if (e) {
        FUZZ_CHECK(utf8_valid(bytes_of(e->message)));
        return 0;
    }
    const char *once = json_text(s, &outer_type, &first);
    e = json_read(s, bytes_of(once), &outer_type, &second);
    FUZZ_CHECK(!e);
    FUZZ_CHECK(text_equal(once, json_text(s, &outer_type, &second)));
    return 0;
}
