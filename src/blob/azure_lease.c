/* Leases. The holder names its lease itself, so that an acquisition whose answer was lost can be asked again. */

#include "blob/azure_parts.h"

static void ask(Scope *s, const BlobLease *lease, AzureRequest *rq)
{
    static const char *const actions[] = {[LEASE_ACQUIRE] = "acquire",
                                          [LEASE_RENEW] = "renew",
                                          [LEASE_RELEASE] = "release",
                                          [LEASE_BREAK] = "break"};

    pairs_add(s, &rq->query, "comp", "lease");
    pairs_add(s, &rq->headers, "x-ms-lease-action", actions[lease->action]);
    if (lease->action == LEASE_ACQUIRE) {
        pairs_add(s, &rq->headers, "x-ms-lease-duration", text(s, "%d", lease->seconds));
        pairs_add(s, &rq->headers, "x-ms-proposed-lease-id", lease->id);
    } else if (lease->action == LEASE_BREAK) {
        pairs_add(s, &rq->headers, "x-ms-lease-break-period", "0");
    } else {
        pairs_add(s, &rq->headers, "x-ms-lease-id", lease->id);
    }
}

/* Nobody has it, or had it to the end. */
static fallible is_free(Scope *s, AzureBlobs *azure, const char *name, bool *out)
{
    AzureRequest rq = azure_request(s, azure, "HEAD", text(s, "/%s", name));
    HttpReply answer;

    TRY(azure_call(s, azure, &rq, NULL, &answer));
    TRY(azure_expect(s, &rq, &answer));
    const char *state = header_get(&answer.headers, "x-ms-lease-state");
    *out = state && !text_equal(state, "leased") && !text_equal(state, "breaking");
    return OK;
}

Error *azure_lease(Scope *s, void *own, const BlobLease *lease)
{
    SCOPE(tmp, s);
    AzureRequest rq = azure_request(tmp, own, "PUT", text(tmp, "/%s", lease->name));
    bool ends = lease->action == LEASE_RELEASE || lease->action == LEASE_BREAK, done = false;
    HttpReply answer;

    ask(tmp, lease, &rq);
    TRY(azure_call(tmp, own, &rq, NULL, &answer));
    if (answer.status == 409 && ends)
        TRY(is_free(tmp, own, lease->name, &done));
    return done ? OK : azure_expect(s, &rq, &answer);
}
