/* The arguments of dursor run, by a table of options. */

#include "cli/run_args.h"

#include <stdio.h>
#include <unistd.h>

#include "sys/fault.h"
#include "sys/file.h"

const char run_help[] =
    "usage: dursor run [OPTIONS] \"instruction\"      compare models on one change\n"
    "       dursor run [OPTIONS]                    show the latest comparison of this repository\n"
    "\n"
    "Each model works from the same commit, in isolation. The checkout is only read.\n"
    "\n"
    "  --repo PATH-or-URL     the repository (default: the current directory's)\n"
    "  --model PROVIDER:NAME  a model: anthropic:NAME, openai:NAME, google:NAME, or a stored "
    "model's id; repeat it\n"
    "                         (default: one per provider whose key is set)\n"
    "  --base REF             start from this branch or commit (default: the checkout's HEAD)\n"
    "  --file FILE            read the instruction from a file; - is standard input\n"
    "  --continue             follow up on the latest comparison: every line of work goes on\n"
    "  --max-cost USD         stop each run before it costs more\n"
    "  --json                 one JSON object a line, the last of type \"comparison\"\n"
    "  --demo                 scripted demo models, no key needed\n"
    "  --task ID              act on this comparison instead of the latest\n"
    "\n"
    "With the results of a comparison:\n"
    "  --diff N               print run N's patch\n"
    "  --apply N              bring it into the checkout: index and files, three ways, all or "
    "nothing\n"
    "  --force                with --apply: save the old state first, then let the run win\n"
    "  --branch NAME          make a branch of run N (--apply N --branch NAME) or of the first "
    "that succeeded\n"
    "  --pr N                 push run N's branch and make its pull request at GitHub, or show "
    "the\n"
    "                         one it has\n"
    "  --list                 list the comparisons of this repository\n"
    "  --remove               remove the comparison\n"
    "\n"
    "Exit status: 0 all runs succeeded; 1 none did; 2 wrong arguments or settings; 3 some failed; "
    "130 canceled.\n";

typedef struct Option {
    const char *name;
    bool takes_value;
    Error *(*set)(Scope *s, RunArgs *args, const char *value);
} Option;

static Error *set_action(Scope *s, RunArgs *args, RunAction action)
{
    if (args->action && args->action != action)
        return fail(s, INVALID, "only one of --diff, --apply, --pr, --list, --remove at a time");
    args->action = action;
    return OK;
}

static Error *set_number(Scope *s, RunArgs *args, RunAction action, const char *value)
{
    if (!text_integer(value, 1, RUNS_AT_ONCE_MAX, &args->number))
        return fail(s, INVALID, "%s is no run of the table: give its number, such as 1", value);
    return set_action(s, args, action);
}

static Error *set_repo(Scope *s, RunArgs *args, const char *value)
{
    (void)s;
    args->repo = value;
    return OK;
}

static Error *set_model(Scope *s, RunArgs *args, const char *value)
{
    if (args->models.count == RUNS_AT_ONCE_MAX)
        return fail(s, INVALID, "at most %d models at once", RUNS_AT_ONCE_MAX);
    texts_add(s, &args->models, value);
    return OK;
}

static Error *set_agent(Scope *s, RunArgs *args, const char *value)
{
    (void)args;
    return fail(s, UNSUPPORTED, "this version cannot run the agent program %s: use --model", value);
}

static Error *set_base(Scope *s, RunArgs *args, const char *value)
{
    (void)s;
    args->base = value;
    return OK;
}

static Error *set_task(Scope *s, RunArgs *args, const char *value)
{
    (void)s;
    args->task = value;
    return OK;
}

static Error *set_cost(Scope *s, RunArgs *args, const char *value)
{
    const char *why = NULL;
    static const Field field = FIELD(RunArgs, max_cost);

    if (!field_from_text(s, &field, args, value, &why) || args->max_cost.value <= 0)
        return fail(s, INVALID, "--max-cost is US dollars, such as 0.50, not %s", value);
    return OK;
}

static Error *set_branch(Scope *s, RunArgs *args, const char *value)
{
    (void)s;
    args->branch = value;
    return OK;
}

static Error *set_flag(Scope *s, bool *flag)
{
    (void)s;
    *flag = true;
    return OK;
}

#define FLAG(member)                                                                               \
    static Error *set_##member(Scope *s, RunArgs *args, const char *value)                         \
    {                                                                                              \
        (void)value;                                                                               \
        return set_flag(s, &args->member);                                                         \
    }

FLAG(goes_on)
FLAG(force)
FLAG(json)
FLAG(demo)

static Error *set_diff(Scope *s, RunArgs *args, const char *value)
{
    return set_number(s, args, RUN_DIFF, value);
}

static Error *set_apply(Scope *s, RunArgs *args, const char *value)
{
    return set_number(s, args, RUN_APPLY, value);
}

static Error *set_pull(Scope *s, RunArgs *args, const char *value)
{
    return set_number(s, args, RUN_PULL, value);
}

static Error *set_list(Scope *s, RunArgs *args, const char *value)
{
    (void)value;
    return set_action(s, args, RUN_LIST);
}

static Error *set_remove(Scope *s, RunArgs *args, const char *value)
{
    (void)value;
    return set_action(s, args, RUN_REMOVE);
}

static Error *set_help(Scope *s, RunArgs *args, const char *value)
{
    (void)s;
    (void)value;
    args->action = RUN_HELP;
    return OK;
}

static fallible instruction_from(Scope *s, RunArgs *args, const char *path)
{
    Bytes bytes;
    Buffer input = buffer_in(s);
    char piece[4096];

    if (!text_equal(path, "-")) {
        TRY(file_read(s, path, INSTRUCTION_MAX, &bytes));
    } else {
        for (ssize_t got; (got = read(STDIN_FILENO, piece, sizeof piece)) != 0;) {
            if (got < 0)
                return fail_errno(s, errno, "reading the instruction");
            buffer_add(&input, piece, (size_t)got);
            if (input.size > INSTRUCTION_MAX)
                return fail(s, TOO_LARGE, "the instruction is over %d bytes", INSTRUCTION_MAX);
        }
        bytes = buffer_view(&input);
    }
    args->instruction = text_clean(s, bytes, NULL);
    return OK;
}

static Error *set_file(Scope *s, RunArgs *args, const char *value)
{
    return instruction_from(s, args, value);
}

static const Option options[] = {
    {"--repo", true, set_repo},         {"--model", true, set_model},
    {"--agent", true, set_agent},       {"--base", true, set_base},
    {"--task", true, set_task},         {"--max-cost", true, set_cost},
    {"--file", true, set_file},         {"--diff", true, set_diff},
    {"--apply", true, set_apply},       {"--branch", true, set_branch},
    {"--continue", false, set_goes_on}, {"--force", false, set_force},
    {"--json", false, set_json},        {"--demo", false, set_demo},
    {"--pr", true, set_pull},           {"--list", false, set_list},
    {"--remove", false, set_remove},    {"--help", false, set_help},
};

static const Option *option_find(const char *name, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (strlen(options[i].name) == size && memcmp(options[i].name, name, size) == 0)
            return &options[i];
    return NULL;
}

/* "--name value" or "--name=value". */
static fallible take_option(Scope *s, char **argv, int *at, RunArgs *args)
{
    const char *word = argv[*at], *equals = strchr(word, '=');
    const Option *option = option_find(word, equals ? (size_t)(equals - word) : strlen(word));

    if (!option)
        return fail(s, INVALID, "no option %s: see dursor run --help", word);
    if (!option->takes_value) {
        if (equals)
            return fail(s, INVALID, "%s takes no value", option->name);
        return option->set(s, args, NULL);
    }
    const char *value = equals ? equals + 1 : argv[++*at];
    if (text_empty(value))
        return fail(s, INVALID, "%s needs a value: see dursor run --help", option->name);
    return option->set(s, args, value);
}

static fallible settle(Scope *s, RunArgs *args)
{
    if (args->instruction && text_empty(text_trim(s, args->instruction)))
        return fail(s, INVALID, "the instruction is empty: say what should change");
    if (args->instruction && strlen(args->instruction) > INSTRUCTION_MAX)
        return fail(s, TOO_LARGE, "the instruction is over %d bytes", INSTRUCTION_MAX);
    if (args->branch)
        args->action = args->action == RUN_APPLY || !args->action ? RUN_BRANCH : args->action;
    if (args->action && args->action != RUN_HELP && args->instruction)
        return fail(
            s, INVALID,
            "an instruction starts a comparison: leave it out to act on the results of one");
    if (args->force && args->action != RUN_APPLY)
        return fail(s, INVALID, "--force goes with --apply");
    if (!args->action)
        args->action = args->instruction ? RUN_COMPARE : RUN_SHOW;
    return OK;
}

Error *run_args(Scope *s, int argc, char **argv, RunArgs *out)
{
    bool only_words = false;

    *out = (RunArgs){0};
    for (int i = 1; i < argc; i++) {
        if (!only_words && text_equal(argv[i], "--")) {
            only_words = true;
        } else if (!only_words && text_starts(argv[i], "--")) {
            TRY(take_option(s, argv, &i, out));
        } else if (out->instruction) {
            return fail(s, INVALID, "one instruction at a time: put it in quotes");
        } else {
            out->instruction = text_clean(s, bytes_of(argv[i]), NULL);
        }
    }
    return settle(s, out);
}
