/* Findings of a review in words. */

#include "service/fixes.h"

static bool severity_wanted(const IntList *filter, Severity severity)
{
    EACH (const int, one, filter)
        if (*one == (int)severity)
            return true;
    return !filter->count;
}

static bool wanted(const FixCreate *choice, const Feedback *feedback)
{
    return (!choice->feedback_ids.count || texts_have(&choice->feedback_ids, feedback->id)) &&
           severity_wanted(&choice->severity_filter, feedback->severity);
}

static void write_place(Buffer *b, const Feedback *f)
{
    buffer_text(b, f->file_path);
    if (!f->line_start.set)
        return;
    buffer_format(b, ":%lld", (long long)f->line_start.value);
    if (f->line_end.set && f->line_end.value != f->line_start.value)
        buffer_format(b, "-%lld", (long long)f->line_end.value);
}

static void write_issue(Buffer *b, size_t number, const Feedback *f)
{
    const char *severity = name_of(severity_names, (int)f->severity);

    buffer_format(b, "## Issue %zu: [", number);
    for (const char *c = severity; *c; c++)
        buffer_char(b, (char)(*c - 'a' + 'A'));
    buffer_format(b, "] %s\n\n- Place: ", f->title);
    write_place(b, f);
    buffer_format(b, "\n- Category: %s\n\n%s\n", name_of(review_category_names, (int)f->category),
                  f->description);
    if (!text_empty(f->suggestion))
        buffer_format(b, "\nSuggested fix: %s\n", f->suggestion);
    buffer_char(b, '\n');
}

static int64_t files_of(Scope *s, const FeedbackList *all)
{
    SCOPE(tmp, s);
    TextList files = {0};

    EACH (const Feedback, f, all)
        if (!texts_have(&files, f->file_path))
            texts_add(tmp, &files, f->file_path);
    return (int64_t)files.count;
}

fallible fix_instruction(Scope *s, const FeedbackList *all, const FixCreate *choice,
                         FixInstruction *out)
{
    FixInstruction fix = {0};
    Buffer b = buffer_in(s);

    buffer_text(&b, "Fix these findings of a code review.\n\n");
    EACH (const Feedback, feedback, all) {
        if (!wanted(choice, feedback))
            continue;
        *list_add(s, &fix.target_feedbacks) = *feedback;
        write_issue(&b, fix.target_feedbacks.count, feedback);
    }
    if (!fix.target_feedbacks.count)
        return fail_code(s, INVALID, "feedback_none", "No feedbacks match the filter criteria");
    if (!text_empty(choice->additional_instruction))
        buffer_format(&b, "%s\n\n", choice->additional_instruction);
    buffer_text(&b, "Fix all of them, and keep the code correct and secure.\n");
    fix.instruction = buffer_string(&b);
    fix.estimated_changes = files_of(s, &fix.target_feedbacks);
    *out = fix;
    return OK;
}

static int64_t count_of(const FeedbackList *all, int severity)
{
    int64_t count = 0;

    EACH (const Feedback, f, all)
        count += (int)f->severity == severity;
    return count;
}

const char *review_message(Scope *s, const Review *review, const FeedbackList *all)
{
    Buffer b = buffer_in(s);

    buffer_text(&b, "## Code review\n");
    if (!text_empty(review->overall_summary))
        buffer_format(&b, "\n%s\n", review->overall_summary);
    if (review->overall_score.set)
        buffer_format(&b, "\nScore: %lld%%\n", (long long)(review->overall_score.value * 100));
    buffer_text(&b, "\n");
    for (const Name *n = severity_names; n->name; n++)
        buffer_format(&b, "- %s: %lld\n", n->name, (long long)count_of(all, n->value));
    if (all->count)
        buffer_char(&b, '\n');
    EACH (const Feedback, f, all) {
        buffer_format(&b, "- [%s] %s (", name_of(severity_names, (int)f->severity), f->title);
        write_place(&b, f);
        buffer_text(&b, ")\n");
    }
    return buffer_string(&b);
}
