/* Rows that are no entities: pages of lists, leases, counts and the service's own records. */
#pragma once

#include "model/board_views.h"
#include "model/news.h"
#include "model/share_views.h"
#include "model/operation_views.h"
#include "store/import_rows.h"
#include "store/pull_rows.h"

/* A page of a list. In: limit and cursor; out: next. A list function gives at most limit rows from
 * where the cursor points, and the cursor of the following page, or NULL at the end. A cursor is
 * opaque; a bad one is INVALID. */
typedef struct Page {
    int64_t limit; /* 0, and what is over it: PAGE_MAX */
    const char *cursor;
    const char *next;
} Page;

/* What the holder of a job shows with each write: the fence is the fencing token. A write whose fence
 * is no longer current changes nothing and fails as CONFLICT with code "lease_lost". */
typedef struct Lease {
    const char *job_id;
    const char *run_id; /* NULL: the job executes no run */
    int64_t fence;
    int64_t epoch; /* of the cluster, when it was claimed */
} Lease;

/* What became of a lease at its renewal. */
typedef struct LeaseState {
    const char *id; /* of the job */
    int64_t fence;
    bool cancel_asked;
    Time lease_until; /* by the database's clock */
} LeaseState;

/* Tasks that stand in a column of the board. */
typedef struct Standing {
    TaskStatus status;
    int64_t count;
} Standing;

typedef struct Count {
    int64_t count;
} Count;

/* A value made by the database. */
typedef struct Stamp {
    Time at;
    int64_t number;
} Stamp;

/* What a watcher of a run needs to know, without its large columns. */
typedef struct RunState {
    const char *id;
    const char *task_id;
    int64_t number;
    RunStatus status;
    const char *phase;
    int64_t event_seq;
    int64_t log_lines;
    int64_t fence;
    const char *commit_sha;
} RunState;

/* A run that ended so long ago that its events go. */
typedef struct PrunableRun {
    const char *run_id;
    Time ended_at;
    int64_t event_seq;
    OptInt first_seq; /* of its events that are left; unset: none is */
} PrunableRun;

/* Runs of a task by state, for the board. */
typedef struct TaskRow {
    const char *id;
    const char *tenant_id;
    const char *repo_id;
    const char *title;
    TaskStatus kanban_status; /* as stored */
    CodingMode coding_mode;
    int64_t run_count;
    int64_t running_count;
    int64_t finished_count;
    int64_t pr_count;
    const char *latest_pr_status; /* NULL: it has none */
    const char *latest_ci_status; /* of that pull request's newest check */
    bool gating;                  /* the caller wants tasks with open checks apart */
    Time created_at;
    Time updated_at;
} TaskRow;

typedef struct RunPatch {
    const char *run_id;
    Bytes patch;
} RunPatch;

/* A queue at one moment: what waits for a worker, and what has one. */
typedef struct QueueStat {
    const char *queue;
    int64_t due;   /* pending, may be claimed now */
    int64_t later; /* pending, not yet due */
    int64_t leased;
    int64_t dead;
    int64_t oldest_us; /* how long the oldest due one has waited */
} QueueStat;

/* Where an event of a run may be appended: the counters after a reservation. */
typedef struct RunCounter {
    const char *tenant_id;
    const char *task_id;
    int64_t event_seq;
    int64_t log_lines;
    int64_t fence;
} RunCounter;

/* A process that claims jobs. Its lock file proves on its own host that it lives. */
typedef struct Worker {
    const char *id; /* the owner of its jobs; also the name of its pool, if it has one */
    const char *host;
    int64_t pid;
    const char *lock_path;
    Time started_at;
    Time seen_at;
    OptInt concurrency; /* jobs at once */
    int64_t silent_us;  /* since it was last seen, by the database's clock; not stored */
} Worker;

typedef struct Tenant {
    const char *id;
    const char *name;
    Time created_at;
} Tenant;

typedef struct User {
    const char *id;
    const char *tenant_id;
    const char *name;
    const char *email;
    Role role;
    Time created_at;
} User;

/* An answer kept for a repeated request. */
typedef struct KeptAnswer {
    const char *request_hash;
    int64_t status; /* HTTP; 0 while the first request is under way */
    const char *body;
    int64_t wait_us; /* until an unfinished one may be taken over */
} KeptAnswer;

/* A pool of jobs that only one invocation may claim. */
typedef struct PoolName {
    const char *pool;
} PoolName;

typedef struct Delay {
    OptInt us;
} Delay;

/* What changed, and when that was read. */
typedef struct NewsRow {
    const char *mark;
    Time read_at;
    int64_t epoch;
    NewsKind kind; /* 0: nothing changed */
    const char *id;
    const char *task_id;
    const char *run_id;
    Time at;
    OptInt seq;
} NewsRow;

typedef LIST_OF(NewsRow) NewsRowList;
/* What the database takes, of all tenants. */
typedef struct StorageSizes {
    OptInt database_bytes;
    OptInt log_bytes;
} StorageSizes;

typedef LIST_OF(LeaseState) LeaseStateList;
typedef LIST_OF(Stamp) StampList;
typedef LIST_OF(Count) CountList;
typedef LIST_OF(Standing) StandingList;
typedef LIST_OF(RunState) RunStateList;
typedef LIST_OF(PrunableRun) PrunableRunList;
typedef LIST_OF(TaskRow) TaskRowList;
typedef LIST_OF(QueueStat) QueueStatList;
typedef LIST_OF(RunCounter) RunCounterList;
typedef LIST_OF(Worker) WorkerList;
typedef LIST_OF(User) UserList;
typedef LIST_OF(PoolName) PoolNameList;

extern const Type count_type, standing_type, stamp_type, lease_state_type, run_state_type,
    task_row_type, run_patch_type, queue_stat_type, run_counter_type, worker_type, tenant_type,
    user_type, kept_answer_type, pool_name_type, delay_type, news_row_type, storage_sizes_type,
    prunable_run_type;
