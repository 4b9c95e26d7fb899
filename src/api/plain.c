/* The page for reading only. */

#include "api/plain.h"

#include "api/api.h"
#include "api/plain_diff.h"
#include "api/plain_said.h"
#include "api/web.h"
#include "net/url.h"
#include "store/pulls.h"
#include "store/runs.h"
#include "store/tasks.h"
#include "sys/crypto.h"

extern const Bytes page_plain_css;

typedef struct PlainRun {
    PlainLanguage language;
    Run run;
    Task task;
    const Pull *pull; /* NULL: none of this run */
    Bytes patch;
} PlainRun;

/* ---- Parts ---- */

static const char *word(const PlainRun *p, PlainWord which)
{
    return plain_word(p->language, which);
}

static void heading(Buffer *b, const PlainRun *p, PlainWord which)
{
    buffer_format(b, "<h2>%s</h2>\n", word(p, which));
}

static void words_part(Buffer *b, const PlainRun *p, PlainWord which, const char *t)
{
    if (text_empty(t))
        return;
    heading(b, p, which);
    buffer_text(b, "<p class=\"words\">");
    html_text(b, t);
    buffer_text(b, "</p>\n");
}

static void number(Buffer *b, const PlainRun *p, PlainWord which, const char *value)
{
    if (text_empty(value))
        return;
    buffer_format(b, "<div><dt>%s</dt><dd>", word(p, which));
    html_text(b, value);
    buffer_text(b, "</dd></div>\n");
}

static void numbers(Scope *s, Buffer *b, const PlainRun *p)
{
    const Run *run = &p->run;
    int64_t us =
        run->started_at.us && run->completed_at.us ? run->completed_at.us - run->started_at.us : 0;

    buffer_text(b, "<dl>\n");
    number(b, p, WORD_MODEL,
           run->model_name ? run->model_name : name_of(executor_names, (int)run->executor_type));
    if (us)
        number(b, p, WORD_DURATION,
               text(s, "%.1f %s", (double)us / (double)US_PER_S, word(p, WORD_SECONDS)));
    number(b, p, WORD_TOKENS_IN,
           text(s, "%lld", (long long)(run->input_tokens + run->cache_read_tokens)));
    number(b, p, WORD_TOKENS_OUT, text(s, "%lld", (long long)run->output_tokens));
    if (run->cost_usd.set)
        number(b, p, WORD_COST, text(s, "$%.4f", run->cost_usd.value));
    number(b, p, WORD_LINES,
           text(s, "+%lld −%lld", (long long)run->added_lines, (long long)run->removed_lines));
    number(b, p, WORD_COMMIT, run->commit_sha ? text_head(s, run->commit_sha, 12) : NULL);
    buffer_text(b, "</dl>\n");
}

static void pull_part(Buffer *b, const PlainRun *p)
{
    if (!p->pull || !text_starts(p->pull->url, "https://"))
        return;
    heading(b, p, WORD_PULL);
    buffer_text(b, "<p><a rel=\"noreferrer nofollow\" href=\"");
    html_text(b, p->pull->url);
    buffer_format(b, "\">#%lld ", (long long)p->pull->number);
    html_text(b, p->pull->title);
    buffer_text(b, "</a></p>\n");
}

static fallible body(Scope *s, Buffer *b, const PlainRun *p)
{
    const Run *run = &p->run;
    const char *error;

    buffer_format(b, "<p class=\"state %s\">%s</p>\n", name_of(run_status_names, (int)run->status),
                  word(p, (PlainWord)run->status));
    numbers(s, b, p);
    words_part(b, p, WORD_INSTRUCTION, run->instruction);
    words_part(b, p, WORD_SUMMARY, run->summary);
    TRY(plain_said(s, p->language, &(Note){run->error_code, run->error_params, run->error},
                   &error));
    words_part(b, p, WORD_ERROR, error);
    pull_part(b, p);
    heading(b, p, WORD_FILES);
    plain_files(b, p->language, &run->files_changed);
    if (!p->patch.size)
        return OK;
    heading(b, p, WORD_CHANGES);
    return plain_diff(b, p->language, p->patch);
}

/* ---- The page around them ---- */

static void page_begin(Buffer *b, PlainLanguage language, const char *title)
{
    buffer_format(b,
                  "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>",
                  plain_language_tag(language));
    html_text(b, title);
    buffer_text(b, " · dursor</title>\n<style>");
    buffer_bytes(b, page_plain_css);
    buffer_text(b, "</style>\n</head>\n<body>\n<main>\n<p class=\"brand\">dursor</p>\n<h1>");
    html_text(b, title);
    buffer_text(b, "</h1>\n");
}

static void page_end(Scope *s, Buffer *b, int status, HttpAnswer *out)
{
    Sha256 sum = sha256(page_plain_css);

    buffer_text(b, "</main>\n</body>\n</html>\n");
    http_answer_header(s, out, "Content-Type", "text/html; charset=utf-8");
    http_answer_header(s, out, "Content-Security-Policy",
                       text(s,
                            "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                            "form-action 'none'; frame-ancestors 'none'",
                            base64(s, sha256_view(&sum))));
    http_answer_header(s, out, "Cache-Control", "no-store");
    http_answer_header(s, out, "X-Robots-Tag", "noindex, nofollow");
    http_answer_header(s, out, "Vary", "Accept-Language");
    out->status = status;
    out->body = buffer_view(b);
}

static fallible pull_of(Scope *s, Tx *tx, PlainRun *p)
{
    Page page = {.limit = PULLS_OF_DETAIL_MAX};
    PullList *pulls = NEW(s, PullList);

    TRY(pull_list(s, tx, p->run.task_id, &page, pulls));
    EACH (const Pull, pull, pulls)
        if (!p->pull && text_equal(pull->run_id, p->run.id))
            p->pull = pull;
    return OK;
}

fallible plain_answer(Scope *s, Tx *tx, const char *run_id, const HttpRequest *rq, HttpAnswer *out)
{
    PlainRun p = {.language = plain_language(s, header_get(&rq->headers, "Accept-Language"))};
    Buffer *b = NEW(s, Buffer);

    TRY(run_get(s, tx, run_id, &p.run));
    TRY(task_get(s, tx, p.run.task_id, &p.task));
    TRY(run_patch_get(s, tx, run_id, &p.patch));
    TRY(pull_of(s, tx, &p));
    *b = buffer_in(s);
    page_begin(b, p.language, text_empty(p.task.title) ? word(&p, WORD_RUN) : p.task.title);
    TRY(body(s, b, &p));
    page_end(s, b, 200, out);
    return OK;
}

void plain_missing(Scope *s, const HttpRequest *rq, HttpAnswer *out)
{
    PlainLanguage language = plain_language(s, header_get(&rq->headers, "Accept-Language"));
    Buffer *b = NEW(s, Buffer);

    *b = buffer_in(s);
    page_begin(b, language, plain_word(language, WORD_GONE));
    buffer_format(b, "<p>%s</p>\n", plain_word(language, WORD_GONE_WHY));
    page_end(s, b, 404, out);
}

/* ---- The route ---- */

static fallible plain(Scope *s, Api *api, const Request *rq, Reply *reply)
{
    const Caller *caller;
    Tx *tx;

    Error *e = guard_identify(s, api, rq->http, &caller);
    if (e && web_by_browser(rq->http)) { /* nobody yet: the way in */
        error_drop(e, "the page for signing in says it");
        reply->http->status = 303;
        http_answer_header(s, reply->http, "Cache-Control", "no-store");
        http_answer_header(s, reply->http, "Location",
                           text(s, "/login?next=%s", percent_encode(s, rq->http->path)));
        return OK;
    }
    TRY(e);
    TRY(tx_read(s, api->app->store, caller, &tx));
    return plain_answer(s, tx, path_part(rq, "run_id"), rq->http, reply->http);
}

static const int refusals[] = {303, 401, 404, 0};

const Route plain_routes[] = {
    {HTTP_GET, "/runs/{run_id}/plain", plain, .status = 200, .out_media = "text/html",
     .fails = refusals, .about = "A run as a page for reading only; without a session the way in."},
    {0},
};
