/* Running one transfer with its four deadlines, and saying in words why it failed. */

#include "net/http_transfer.h"

#include "net/url.h"

const char *http_shown(Scope *s, const HttpCall *call)
{
    return text(s, "%s %s", call->method ? call->method : "GET", url_shown(s, call->url));
}

/* ---- Failures ---- */

static const struct {
    CURLcode code;
    ErrorKind kind;
    const char *words;
} faults[] = {
    {CURLE_COULDNT_RESOLVE_HOST, UNAVAILABLE, "the host has no address"},
    {CURLE_COULDNT_RESOLVE_PROXY, UNAVAILABLE, "the proxy has no address"},
    {CURLE_COULDNT_CONNECT, UNAVAILABLE, "no connection could be made"},
    {CURLE_SEND_ERROR, UNAVAILABLE, "the connection broke while sending"},
    {CURLE_RECV_ERROR, UNAVAILABLE, "the connection broke while receiving"},
    {CURLE_GOT_NOTHING, UNAVAILABLE, "the connection was closed without an answer"},
    {CURLE_PARTIAL_FILE, UNAVAILABLE, "the answer was cut off"},
    {CURLE_PROXY, UNAVAILABLE, "the proxy refused"},
    {CURLE_OPERATION_TIMEDOUT, TIMEOUT, "no connection in time"},
    {CURLE_URL_MALFORMAT, INVALID, "this is not a url"},
    {CURLE_UNSUPPORTED_PROTOCOL, INVALID, "only http and https are spoken"},
    {CURLE_SSL_CONNECT_ERROR, UPSTREAM, "TLS failed"},
    {CURLE_PEER_FAILED_VERIFICATION, UPSTREAM, "TLS failed, the certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, UPSTREAM,
     "TLS failed, the file of certificate authorities cannot be read"},
    {CURLE_SSL_CERTPROBLEM, UPSTREAM, "TLS failed"},
    {CURLE_SSL_CIPHER, UPSTREAM, "TLS failed"},
    {CURLE_SSL_ISSUER_ERROR, UPSTREAM, "TLS failed"},
};

static fallible fault(Transfer *t, CURLcode code)
{
    const char *shown = http_shown(t->s, t->call);

    if (t->failure)
        return error_while(t->failure, "%s", shown);
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        if (faults[i].code != code)
            continue;
        bool more = faults[i].kind == UPSTREAM && t->details[0];
        return fail(t->s, faults[i].kind, "%s: %s%s%s", shown, faults[i].words, more ? ": " : "",
                    more ? text_clean(t->s, bytes_of(t->details), NULL) : "");
    }
    return fail(t->s, UPSTREAM, "%s: %s", shown, curl_easy_strerror(code));
}

static int64_t or_preset(int64_t us, int64_t preset)
{
    return us ? us : preset;
}

/* When the current phase, or the whole, is over. */
static int64_t deadline(const Transfer *t, const char **why)
{
    const HttpCall *call = t->call;
    int64_t whole = t->began + or_preset(call->whole_us, HTTP_WHOLE_US);
    int64_t phase;

    if (!t->connected_at) {
        *why = "no connection in time";
        phase = t->began + or_preset(call->connect_us, HTTP_CONNECT_US);
    } else if (!t->reply.first_byte_us) {
        *why = "connected, but no answer began in time";
        phase = t->connected_at + or_preset(call->first_byte_us, HTTP_FIRST_BYTE_US);
    } else {
        *why = "the answer stopped in the middle, nothing came for too long";
        phase = t->last_at + or_preset(call->idle_us, HTTP_IDLE_US);
    }
    if (phase <= whole)
        return phase;
    *why = "the whole answer took too long";
    return whole;
}

static fallible check_time(Transfer *t)
{
    const char *why;

    TRY_WHILE(scope_check(t->s), "%s", http_shown(t->s, t->call));
    int64_t until = deadline(t, &why);
    if (clock_us() < until)
        return OK;
    Error *e = fail(t->s, TIMEOUT, "%s: %s", http_shown(t->s, t->call), why);
    return t->connected_at ? e : error_coded(e, HTTP_CONNECT_TIMEOUT);
}

/* ---- The loop ---- */

static int wait_ms(const Transfer *t)
{
    const char *why;
    int64_t left = deadline(t, &why) - clock_us();
    int64_t scope_left = scope_remaining(t->s);

    if (scope_left < left)
        left = scope_left;
    if (left > US_PER_MIN)
        left = US_PER_MIN;
    return left > 0 ? (int)((left + US_PER_MS - 1) / US_PER_MS) : 0;
}

static CURLcode result_of(CURLM *multi)
{
    int left;
    CURLMsg *message = curl_multi_info_read(multi, &left);

    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

static fallible drive(Transfer *t, HttpLine *line)
{
    struct curl_waitfd cancelled = {.fd = cancel_fd(scope_cancel(t->s)),
                                    .events = CURL_WAIT_POLLIN};
    int running = 1;

    if (cancelled.fd < 0)
        return fail(t->s, UNAVAILABLE, "%s: this process has no descriptor left",
                    http_shown(t->s, t->call));
    for (;;) {
        CURLMcode code = curl_multi_perform(line->multi, &running);
        if (code == CURLM_OK && running) {
            TRY(check_time(t));
            code = curl_multi_poll(line->multi, &cancelled, 1, wait_ms(t), NULL);
        }
        if (code != CURLM_OK)
            return fail(t->s, BUG, "%s: %s", http_shown(t->s, t->call), curl_multi_strerror(code));
        if (!running)
            break;
    }
    CURLcode result = result_of(line->multi);
    return result == CURLE_OK ? OK : fault(t, result);
}

static void measure(Transfer *t, CURL *easy)
{
    curl_off_t connect_us = 0;

    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connect_us);
    t->reply.connect_us = connect_us;
    t->reply.total_us = clock_us() - t->began;
    t->reply.body = buffer_view(&t->body);
}

static fallible add_and_drive(Transfer *t, HttpLine *line)
{
    if (curl_multi_add_handle(line->multi, line->easy) != CURLM_OK)
        return fail(t->s, BUG, "%s: the transfer could not begin", http_shown(t->s, t->call));
    Error *e = drive(t, line);
    curl_multi_remove_handle(line->multi,
                             line->easy); /* closes the connection of what did not end */
    return e;
}

Error *transfer_run(Transfer *t, HttpLine *line)
{
    struct curl_slist *headers = NULL;

    t->body = buffer_in(t->s);
    Error *e = transfer_set_up(t, line->easy, &headers);
    t->began = clock_us();
    if (!e)
        e = add_and_drive(t, line);
    curl_slist_free_all(headers);
    if (!e)
        measure(t, line->easy);
    return e;
}
