/* Reading scripts, and choosing in them. */

#include "cli/demo_llm_script.h"

enum { DEMO_MS_MAX = 60 * 60 * 1000 };

static const Name stop_names[] = {
    {DEMO_STOP_END, "end"}, {DEMO_STOP_LENGTH, "length"}, {DEMO_STOP_FILTER, "filter"}, {0}};

static const Type tool_type = TYPE(DemoTool, "A call of a tool.", FIELD(DemoTool, name, REQUIRED),
                                   FIELD(DemoTool, input, REQUIRED));

static const Type usage_type =
    TYPE(DemoUsage, "Tokens.", FIELD(DemoUsage, input), FIELD(DemoUsage, output),
         FIELD(DemoUsage, cache_read), FIELD(DemoUsage, cache_write));

static const Type step_type =
    TYPE(DemoStep, "One answer.", FIELD(DemoStep, text), FIELD(DemoStep, thinking),
         LIST(DemoStep, tools, tool_type), OBJECT(DemoStep, usage, usage_type),
         ENUM(DemoStep, stop, stop_names), FIELD(DemoStep, first_ms, 0, .most = DEMO_MS_MAX),
         FIELD(DemoStep, pause_ms, 0, .most = DEMO_MS_MAX),
         FIELD(DemoStep, stall_ms, 0, .most = DEMO_MS_MAX), FIELD(DemoStep, cut),
         FIELD(DemoStep, reset));

static const Type case_type =
    TYPE(DemoCase, "Steps for some requests.", FIELD(DemoCase, when), FIELD(DemoCase, unless),
         FIELD(DemoCase, by_answers), LIST(DemoCase, steps, step_type, REQUIRED));

static const Type fault_type =
    TYPE(DemoFault, "Something that goes wrong.", FIELD(DemoFault, at),
         FIELD(DemoFault, status, 0, .most = 599),
         FIELD(DemoFault, retry_after, 0, .most = DEMO_MS_MAX), FIELD(DemoFault, message),
         FIELD(DemoFault, body), FIELD(DemoFault, hang_ms, 0, .most = DEMO_MS_MAX),
         FIELD(DemoFault, reset), FIELD(DemoFault, cut));

static const Type model_type =
    TYPE(DemoModel, "A model.", FIELD(DemoModel, name, REQUIRED), FIELD(DemoModel, aux),
         LIST(DemoModel, steps, step_type), LIST(DemoModel, cases, case_type),
         LIST(DemoModel, faults, fault_type));

static const Type script_type =
    TYPE(DemoScript, "A script.", LIST(DemoScript, models, model_type, REQUIRED));

/* ---- Reading ---- */

static fallible check_members(Scope *s, json_t *value, const Type *type, const char *place);

static fallible check_member(Scope *s, json_t *value, const Field *field, const char *place)
{
    size_t index;
    json_t *item;

    if (field->kind == FIELD_OBJECT)
        return check_members(s, value, field->type, place);
    if (field->kind != FIELD_LIST)
        return OK;
    json_array_foreach(value, index, item)
        TRY(check_members(s, item, field->type, text(s, "%s.%zu", place, index)));
    return OK;
}

/* json_read ignores members it does not know; in a script they are slips of the pen. */
static fallible check_members(Scope *s, json_t *value, const Type *type, const char *place)
{
    const char *key;
    json_t *member;

    json_object_foreach(value, key, member)
    {
        const Field *field = type_field(type, key);
        const char *at = *place ? text(s, "%s.%s", place, key) : key;
        if (!field)
            return fail(s, INVALID, "the demo script has a member %s, which is none", at);
        TRY(check_member(s, member, field, at));
    }
    return OK;
}

static fallible with_places(Scope *s, const Error *e)
{
    Buffer b = buffer_in(s);

    buffer_text(&b, "the demo script is wrong:");
    for (const Issue *issue = e->issues; issue; issue = issue->next)
        buffer_format(&b, " %s: %s%s", issue->loc, issue->msg, issue->next ? ";" : "");
    return fail(s, INVALID, "%s", buffer_string(&b));
}

Error *demo_script_read(Scope *s, Bytes json, DemoScript *out)
{
    DemoScript script = {0};
    json_t *value;

    TRY_WHILE(json_parse(s, json, &value), "reading the demo script");
    TRY(check_members(s, value, &script_type, ""));
    Error *e = json_read_value(s, value, &script_type, &script);
    if (failed_as(e, MALFORMED))
        return with_places(s, e);
    TRY(e);
    EACH (DemoModel, model, &script.models)
        EACH (DemoCase, one, &model->cases)
            if (!one->steps.count)
                return fail(s, INVALID, "the demo script has a case of %s without steps",
                            model->name);
    *out = script;
    return OK;
}

/* ---- Choosing ---- */

const DemoModel *demo_script_model(const DemoScript *script, const char *name)
{
    EACH (DemoModel, model, &script->models)
        if (text_matches(name, model->name))
            return model;
    return NULL;
}

static bool holds(const DemoCase *one, const char *text)
{
    EACH (const char *, wanted, &one->when)
        if (!strstr(text, *wanted))
            return false;
    EACH (const char *, unwanted, &one->unless)
        if (strstr(text, *unwanted))
            return false;
    return true;
}

const DemoStepList *demo_model_steps(const DemoModel *model, const char *text, bool *by_answers)
{
    EACH (DemoCase, one, &model->cases) {
        if (!holds(one, text))
            continue;
        *by_answers = one->by_answers;
        return &one->steps;
    }
    *by_answers = false;
    return model->steps.count ? &model->steps : NULL;
}

const DemoFault *demo_model_fault(const DemoModel *model, int64_t number)
{
    EACH (DemoFault, fault, &model->faults)
        if (!fault->at.set || fault->at.value == number)
            return fault;
    return NULL;
}
