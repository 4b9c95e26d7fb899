/* A page of names out of XML, by expat: element by element, without a tree. */

#include <expat.h>

#include "blob/azure_read.h"
#include "blob/azure_sign.h"
#include "blob/name.h"

typedef struct ListReader {
    Scope *s;
    XML_Parser parser;
    const char *container;
    int depth;
    const char *path[AZURE_XML_DEPTH_MAX]; /* names of the open elements */
    Buffer content;                        /* of the innermost */
    BlobPage page;
    PairList headers; /* of the blob being read, as HEAD would give them */
    const char *name;
    Error *failure;
    bool seen; /* the right document */
} ListReader;

static void stop(ListReader *r, const char *why)
{
    if (!r->failure)
        r->failure = fail(r->s, UPSTREAM, "the list of blobs cannot be read: %s", why);
    XML_StopParser(r->parser, XML_FALSE);
}

static void XMLCALL on_open(void *to, const XML_Char *name, const XML_Char **attributes)
{
    ListReader *r = to;

    (void)attributes;
    if (r->depth == AZURE_XML_DEPTH_MAX)
        return stop(r, "its elements nest too deep");
    r->path[r->depth++] = text_copy(r->s, name);
    buffer_clear(&r->content);
    if (r->depth == 1)
        r->seen = text_equal(name, "EnumerationResults");
    if (r->depth == 3 && text_equal(name, "Blob")) {
        r->headers = (PairList){0};
        r->name = NULL;
    }
}

static void XMLCALL on_text(void *to, const XML_Char *data, int size)
{
    ListReader *r = to;

    if (r->content.size + (size_t)size > AZURE_XML_TEXT_MAX)
        return stop(r, "a text in it is too long");
    buffer_add(&r->content, data, (size_t)size);
}

static void XMLCALL on_doctype(void *to, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(to, "it declares a document type");
}

static bool within(const ListReader *r, const char *const *path, int depth)
{
    if (r->depth != depth)
        return false;
    for (int i = 0; i < depth; i++)
        if (path[i] && !text_equal(r->path[i], path[i]))
            return false;
    return true;
}

static void end_blob(ListReader *r)
{
    const char *name = text(r->s, "%s/%s", r->container, r->name ? r->name : "");
    BlobInfo about;

    if (blob_name_check(r->s, name))
        return;
    Error *e = azure_read_blob(r->s, &r->headers, name, &about);
    if (e) {
        r->failure = e;
        XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    *list_add(r->s, &r->page.blobs) = about;
}

static void XMLCALL on_close(void *to, const XML_Char *element)
{
    static const char *const blob[] = {"EnumerationResults", "Blobs", "Blob", "Name"};
    static const char *const property[] = {"EnumerationResults", "Blobs", "Blob", "Properties",
                                           NULL};
    static const char *const metadata[] = {"EnumerationResults", "Blobs", "Blob", "Metadata",
                                           "sha256"};
    static const char *const next[] = {"EnumerationResults", "NextMarker"};
    ListReader *r = to;
    const char *content = text_clean(r->s, buffer_view(&r->content), NULL);

    if (within(r, blob, 4))
        r->name = content;
    else if (within(r, metadata, 5))
        pairs_add(r->s, &r->headers, "x-ms-meta-sha256", content);
    else if (within(r, property, 5))
        pairs_add(r->s, &r->headers,
                  text_equal(element, "AccessTier") ? "x-ms-access-tier" : r->path[4], content);
    else if (within(r, next, 2) && *content)
        r->page.marker = content;
    else if (within(r, blob, 3))
        end_blob(r);
    r->depth--;
    buffer_clear(&r->content);
}

static void parser_free(void *parser)
{
    XML_ParserFree(parser);
}

Error *azure_read_list(Scope *s, const char *container, Bytes xml, BlobPage *out)
{
    SCOPE(tmp, s);
    ListReader r = {.s = s, .container = container, .content = buffer_in(s)};

    if (xml.size > AZURE_XML_MAX)
        return fail(s, UPSTREAM, "the list of blobs is larger than %d bytes", AZURE_XML_MAX);
    r.parser = XML_ParserCreate("UTF-8");
    if (!r.parser)
        return fail(s, BUG, "no memory to read XML");
    scope_undo(tmp, parser_free, r.parser);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_open, on_close);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    bool whole = XML_Parse(r.parser, xml.data, (int)xml.size, XML_TRUE) == XML_STATUS_OK;
    TRY(r.failure);
    if (!whole || !r.seen)
        return fail(s, UPSTREAM, "the list of blobs is no XML of that kind");
    if (r.page.marker && strlen(r.page.marker) > BLOB_MARKER_MAX)
        return fail(s, UPSTREAM, "the next place in the list of blobs is too long");
    *out = r.page;
    return OK;
}
