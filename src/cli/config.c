/* dursor config. */

#include "cli/config.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"

typedef void Printer(Buffer *b, const Settings *settings);

static void print_example(Buffer *b, const Settings *settings)
{
    (void)settings;
    settings_print_example(b);
}

static const struct {
    const char *option;
    Printer *print;
} printers[] = {
    {"--json", settings_print_json},
    {"--example", print_example},
};

static fallible find_printer(Scope *s, int argc, char **argv, Printer **out)
{
    *out = settings_print;
    if (argc < 2)
        return OK;
    for (size_t i = 0; i < COUNT_OF(printers); i++) {
        if (argc == 2 && text_equal(argv[1], printers[i].option)) {
            *out = printers[i].print;
            return OK;
        }
    }
    return fail(s, INVALID, "dursor config takes --json or --example, or nothing");
}

fallible cli_config(Scope *s, int argc, char **argv)
{
    Printer *print;
    Settings *settings;
    Buffer b = buffer_in(s);

    TRY(find_printer(s, argc, argv, &print));
    TRY(settings_load(s, &(SettingsSource){.environ = (const char *const *)environ}, &settings));
    print(&b, settings);
    if (print == settings_print_json)
        buffer_char(&b, '\n');
    TRY(command_print(s, buffer_string(&b)));
    EACH (const char *, warning, &settings->warnings)
        fprintf(stderr, "warning: %s\n", *warning);
    return OK;
}
