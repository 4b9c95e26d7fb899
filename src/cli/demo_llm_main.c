/* dursor demo-llm: the demo server as a program of its own. */

#include <poll.h>

#include "cli/command.h"
#include "cli/demo_llm.h"
#include "sys/file.h"
#include "sys/signals.h"

enum { SCRIPT_MAX = 16 << 20 };

static const char help[] =
    "usage: dursor demo-llm [--script FILE] [--port N] [--key KEY] [--log FILE] [--repo PATH] "
    "[--instant]\n"
    "\n"
    "A scripted model server on 127.0.0.1 that speaks OpenAI (chat and responses), Anthropic and\n"
    "Gemini. Prints its address; SIGINT or SIGTERM ends it. docs/demo-llm.md describes scripts.\n"
    "\n"
    "  --script FILE   answers (default: the built-in demo models)\n"
    "  --port N        default: a free one\n"
    "  --key KEY       refuse clients that do not send this key; it protects nothing of worth\n"
    "  --log FILE      add a JSON line for each request, keys masked\n"
    "  --repo PATH     what $REPO in tool calls stands for\n"
    "  --instant       leave pauses out\n";

typedef struct Args {
    DemoLlmOptions options;
    const char *script;
    bool help;
} Args;

static const char **value_option(Args *args, const char *name)
{
    if (text_equal(name, "--script"))
        return &args->script;
    if (text_equal(name, "--key"))
        return &args->options.key;
    if (text_equal(name, "--log"))
        return &args->options.log_path;
    return text_equal(name, "--repo") ? &args->options.repo : NULL;
}

static fallible read_port(Scope *s, const char *t, int *out)
{
    int64_t port;

    if (!text_integer(t, 1, 65535, &port))
        return fail(s, INVALID, "--port takes a number from 1 to 65535");
    *out = (int)port;
    return OK;
}

static fallible read_args(Scope *s, int argc, char **argv, Args *args)
{
    for (int i = 1; i < argc; i++) {
        const char **value = value_option(args, argv[i]);
        bool port = text_equal(argv[i], "--port");
        if (text_equal(argv[i], "--help")) {
            args->help = true;
        } else if (text_equal(argv[i], "--instant")) {
            args->options.instant = true;
        } else if (!value && !port) {
            return fail(s, INVALID, "demo-llm does not take %s: see dursor demo-llm --help",
                        argv[i]);
        } else if (i + 1 == argc) {
            return fail(s, INVALID, "%s needs a value", argv[i]);
        } else if (port) {
            TRY(read_port(s, argv[++i], &args->options.port));
        } else {
            *value = argv[++i];
        }
    }
    return OK;
}

static fallible wait_for_signal(Scope *s)
{
    struct pollfd fd = {.events = POLLIN};
    int ready;

    TRY(signals_open(s, &fd.fd));
    do
        TRY(scope_poll(s, &fd, 1, -1, &ready));
    while (!signals_next(fd.fd));
    return OK;
}

Error *cli_demo_llm(Scope *s, int argc, char **argv)
{
    Args args = {0};
    DemoLlm *demo;

    TRY(read_args(s, argc, argv, &args));
    if (args.help)
        return command_print(s, help);
    if (args.script)
        TRY(file_read(s, args.script, SCRIPT_MAX, &args.options.script));
    TRY(demo_llm_start(s, &args.options, &demo));
    TRY(command_print(s, text(s, "dursor demo-llm listens on %s\n", demo_llm_url(s, demo))));
    return wait_for_signal(s);
}
