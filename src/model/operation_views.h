/* What operators see: queues, workers, jobs, disk, the service itself and the agents it found. */
#pragma once

#include "model/entities.h"

/* ---- Queues and workers ---- */

typedef struct QueueView {
    const char *queue;
    int64_t due;     /* pending, may be claimed now */
    int64_t delayed; /* pending, later */
    int64_t leased;
    int64_t dead;
    double oldest_seconds; /* how long the oldest due one has waited */
} QueueView;

typedef struct WorkerJob {
    const char *job_id;
    const char *kind;
    const char *run_id;
    const char *task_id;
    Time lease_until;
} WorkerJob;

typedef LIST_OF(WorkerJob) WorkerJobList;

typedef struct WorkerView {
    const char *id; /* the owner of its jobs */
    const char *host;
    int64_t pid;
    OptInt concurrency; /* jobs at once; absent: not known */
    Time started_at;
    Time seen_at;
    double silent_seconds; /* since it was last seen, by the database's clock */
    WorkerJobList jobs;    /* that it holds, of the caller's tenant */
} WorkerView;

/* ---- Jobs ---- */

typedef struct JobView {
    const char *id;
    const char *queue;
    const char *kind;
    JobStatus state;
    const char *run_id;
    const char *task_id;
    const char *owner;
    Time lease_until;
    int64_t fence;
    int64_t priority;
    Time not_before;
    int64_t tries;
    int64_t max_tries;
    int64_t returns; /* graceful hand-backs */
    int64_t losses;  /* leases lost with their worker */
    bool cancel_asked;
    const char *error;
    const char *error_kind;
    const char *error_code;
    Json error_params;
    Time created_at;
    Time finished_at;
} JobView;

typedef struct JobQuery {
    int64_t limit;
    const char *cursor;
    JobStatus state; /* 0: any */
    const char *queue;
    const char *kind;
} JobQuery;

typedef LIST_OF(QueueView) QueueViewList;
typedef LIST_OF(WorkerView) WorkerViewList;
typedef LIST_OF(JobView) JobViewList;

/* ---- Storage ---- */

typedef struct StoragePart {
    const char *name; /* database, mirrors, backups, blobs, secrets, other */
    int64_t bytes;
    int64_t files;
} StoragePart;

typedef struct StorageRepo {
    const char *repo_id; /* NULL: a directory that belongs to no repository of the caller */
    const char *repo_url;
    int64_t bytes;
    int64_t files;
} StorageRepo;

typedef LIST_OF(StoragePart) StoragePartList;
typedef LIST_OF(StorageRepo) StorageRepoList;

typedef struct StorageView {
    OptInt database_bytes;   /* of all tenants; absent when it cannot be known */
    OptInt log_bytes;        /* events of runs in the database, of all tenants */
    StoragePartList parts;   /* of this process's data and workspaces directories */
    StorageRepoList mirrors; /* largest first */
    int64_t disk_free_bytes; /* where the workspaces are */
    int64_t disk_total_bytes;
    int64_t disk_floor_bytes; /* below that much free no run starts */
    bool is_partial;          /* counting took too long: bytes and files are at least these */
    Time measured_at;
} StorageView;

/* ---- The service itself ---- */

typedef struct SettingView {
    const char *variable;
    const char *value; /* secrets are *** */
    const char *origin;
    const char *about;
} SettingView;

typedef LIST_OF(SettingView) SettingViewList;

typedef struct AboutView {
    const char *version;
    const char *mode; /* local, team */
    const char *auth;
    const char *database; /* sqlite, postgresql */
    int64_t schema_version;
    const char *queue; /* the schemes of their addresses: store, local, file … */
    const char *bus;
    const char *blob;
    bool demo;
    bool share_links;         /* may be made */
    const char *data_dir;     /* in local mode */
    Time started_at;          /* of this process */
    SettingViewList settings; /* for administrators */
} AboutView;

/* An agent program, looked for on the machine of this process. */
typedef struct AgentView {
    Executor executor_type;
    const char *label;
    const char *program;
    const char *path;    /* NULL: not found */
    const char *version; /* as it says itself; NULL: it did not say */
    bool usable;
    const char *reason_code; /* when not usable: agent_not_found, agent_without_driver */
    Json reason_params;      /* for its translation */
    const char *reason;
} AgentView;

/* What a message may be given to. */
typedef struct ExecutorView {
    Executor executor_type;
    const char *label;
    bool takes_models; /* one run for each model */
    bool usable;
    const char *reason_code;
    Json reason_params;
    const char *reason;
} ExecutorView;

typedef LIST_OF(AgentView) AgentViewList;
typedef LIST_OF(ExecutorView) ExecutorViewList;

typedef struct AgentsView {
    AgentViewList agents;
    ExecutorViewList executors;
} AgentsView;

extern const Type queue_view_type, worker_job_type, worker_view_type, job_view_type, job_query_type,
    storage_part_type, storage_repo_type, storage_view_type, setting_view_type, about_view_type,
    agent_view_type, executor_view_type, agents_view_type;
