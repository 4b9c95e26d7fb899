/* Requests to the demo server and its scripts: the first byte says which. */

#include "cli/demo_llm_ask.h"
#include "test/fuzz/fuzz.h"

static void check_script(Scope *s, Bytes bytes)
{
    DemoScript script;
    Error *e = demo_script_read(s, bytes, &script);
    bool by_answers;

    if (e) {
        FUZZ_CHECK(utf8_valid(bytes_of(e->message)));
        return;
    }
    EACH (DemoModel, model, &script.models)
        (void)demo_model_steps(model, "some text", &by_answers);
    (void)demo_script_model(&script, "m");
}

static void check_request(Scope *s, const DemoProtocol *protocol, Bytes bytes)
{
    DemoAsk ask = {.s = s, .texts = buffer_in(s)};
    json_t *body;
    Error *e = json_parse(s, bytes, &body);

    if (!e)
        e = protocol->read(&ask, body);
    FUZZ_CHECK(e || ask.open.count == 0);
    FUZZ_CHECK(e || ask.turns <= ask.answers + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const DemoProtocol *const protocols[] = {&demo_chat, &demo_responses, &demo_messages,
                                                    &demo_gemini};
    UNIT(s, NULL, "fuzz");

    if (size == 0)
        return 0;
    Bytes rest = {(const char *)data + 1, size - 1};
    if (data[0] % 5 == 4)
        check_script(s, rest);
    else
        check_request(s, protocols[data[0] % 5], rest);
    return 0;
}
