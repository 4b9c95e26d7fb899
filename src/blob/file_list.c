/* Pages of names in byte order, without reading folders that lie wholly outside of one. */

#include <stdlib.h>

#include "blob/file_parts.h"

typedef struct Walk {
    const FileBlobs *blobs;
    const BlobListing *listing;
    const char *after; /* the last name of the page before; "" for the first page */
    BlobPage *page;
    Scope *s;
} Walk;

/* An entry of a folder as what its blobs' names begin with: a file "a@" is "a", a folder "a" is "a/". So
 * sorted, names come in their order, since '-' and '.' are less than '/'. */
typedef struct Entry {
    const char *name;
    bool folder;
} Entry;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Entry *)a)->name, ((const Entry *)b)->name);
}

static fallible entries_read(Scope *s, const Walk *w, const char *prefix, Entry **out,
                             size_t *count)
{
    TextList found = {0};
    Error *e = directory_list(s, text(s, "%s/%s", w->blobs->data, prefix), &found);

    /* Removed meanwhile, or never there. */
    if (e && !failed_as(e, MISSING))
        return e;
    *count = found.count;
    *out = NEW_ARRAY(s, Entry, found.count ? found.count : 1);
    for (size_t i = 0; i < found.count; i++) {
        const char *t = found.items[i];
        bool folder = !text_ends(t, "@");
        size_t size = strlen(t) - (folder ? 0 : 1);
        (*out)[i] = (Entry){text(s, "%s%.*s%s", prefix, (int)size, t, folder ? "/" : ""), folder};
    }
    qsort(*out, *count, sizeof **out, by_name);
    return OK;
}

/* All names of a folder begin with it: they come after the marker unless that lies wholly behind them. */
static bool wanted(const Walk *w, const Entry *entry)
{
    const char *prefix = w->listing->prefix;

    if (!entry->folder)
        return text_starts(entry->name, prefix) && strcmp(entry->name, w->after) > 0;
    return (text_starts(entry->name, prefix) || text_starts(prefix, entry->name)) &&
           (strcmp(entry->name, w->after) > 0 || text_starts(w->after, entry->name));
}

static fallible add_blob(Walk *w, const char *name)
{
    SCOPE(tmp, w->s);
    OpenBlob blob;
    Error *e = file_blob_open(tmp, w->blobs, name, &blob);

    if (failed_as(e, MISSING))
        return OK;
    TRY(e);
    BlobInfo *info = list_add(w->s, &w->page->blobs);
    *info = blob.about;
    info->name = text_copy(w->s, name);
    info->etag = text_copy(w->s, blob.about.etag);
    info->sha256 = text_copy(w->s, blob.about.sha256);
    info->type = text_copy(w->s, blob.about.type);
    return OK;
}

static bool full(Walk *w)
{
    return w->page->blobs.count == w->listing->max;
}

/* As deep as names have parts. */
static fallible walk(Scope *s, Walk *w, const char *prefix)
{
    SCOPE(tmp, s);
    Entry *entries;
    size_t count;

    TRY(scope_check(s));
    TRY(entries_read(tmp, w, prefix, &entries, &count));
    for (size_t i = 0; i < count && !w->page->marker; i++) {
        if (!wanted(w, &entries[i]))
            continue;
        if (entries[i].folder)
            TRY(walk(tmp, w, entries[i].name));
        else if (full(w))
            w->page->marker = text_copy(w->s, w->page->blobs.items[w->page->blobs.count - 1].name);
        else
            TRY(add_blob(w, entries[i].name));
    }
    return OK;
}

Error *file_blob_list(Scope *s, void *own, const BlobListing *listing, BlobPage *out)
{
    BlobPage page = {0};
    Walk w = {own, listing, listing->marker ? listing->marker : "", &page, s};
    const char *slash = strrchr(listing->prefix, '/');

    TRY(walk(s, &w, text(s, "%.*s", (int)(slash + 1 - listing->prefix), listing->prefix)));
    *out = page;
    return OK;
}
