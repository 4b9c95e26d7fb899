/* What changed for a tenant since somebody looked: from the table of changes, which triggers fill, and
 * from the counters of running runs. Nothing is missed and no change is told twice, in whatever order
 * writers commit. */
#pragma once

#include "model/news.h"
#include "store/rows.h"
#include "store/store.h"

enum { NEWS_MAX = 500 }; /* told at once; who missed more reads everything again */

typedef struct NewsRead {
    NewsList news;
    NewsCursor cursor; /* where to go on */
    bool is_reset;     /* the place was too old, too far back, or of another database */
} NewsRead;

/* from may be NULL: nothing is news yet. A run's change is news of its task as well. A cursor is good for
 * kept_us; changes are kept longer (store/retention.h). */
fallible news_after(Scope *s, Tx *tx, const NewsCursor *from, int64_t kept_us, NewsRead *out);
