/* Settings files. Names are names, values free of NUL, lines within the file; what was read and is
 * written in single quotes reads the same. */

#include "model/env_file.h"
#include "test/fuzz/fuzz.h"

static void check_again(Scope *s, const EnvEntry *entry)
{
    EnvEntryList again = {0};

    if (strchr(entry->value, '\''))
        return;
    Error *e = env_file_parse(s, bytes_of(text(s, "export %s='%s'\r\n", entry->name, entry->value)),
                              &again);
    FUZZ_CHECK(!e && again.count == 1);
    FUZZ_CHECK(text_equal(again.items[0].name, entry->name));
    FUZZ_CHECK(strchr(entry->value, '\r') || text_equal(again.items[0].value, entry->value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UNIT(s, NULL, "fuzz");
    EnvEntryList entries = {0};
    Error *e = env_file_parse(s, (Bytes){(const char *)data, size}, &entries);

    FUZZ_CHECK(!e || failed_as(e, INVALID));
    EACH (EnvEntry, entry, &entries) {
        FUZZ_CHECK(strlen(entry->name) >= 1 && strlen(entry->name) <= ENV_NAME_MAX);
        FUZZ_CHECK(entry->line >= 1 && (size_t)entry->line <= size + 1);
        check_again(s, entry);
    }
    return 0;
}
