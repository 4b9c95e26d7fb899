/* What the database holds: one struct and one table a row. Members are columns; what a client sees
 * of them is in views.h. Absent text is NULL, an absent time zero. */
#pragma once

#include "model/caller.h"

typedef enum Provider { PROVIDER_OPENAI = 1, PROVIDER_ANTHROPIC, PROVIDER_GOOGLE } Provider;
typedef enum MessageRole { ROLE_OF_USER = 1, ROLE_OF_ASSISTANT, ROLE_OF_SYSTEM } MessageRole;
typedef enum Executor { PATCH_AGENT = 1, CLAUDE_CODE, CODEX_CLI, GEMINI_CLI } Executor;
typedef enum RunStatus {
    RUN_QUEUED = 1,
    RUN_RUNNING,
    RUN_SUCCEEDED,
    RUN_FAILED,
    RUN_CANCELED
} RunStatus;
typedef enum TaskStatus {
    TASK_BACKLOG = 1,
    TASK_TODO,
    TASK_IN_PROGRESS,
    TASK_IN_REVIEW,
    TASK_DONE,
    TASK_ARCHIVED,
    TASK_GATING
} TaskStatus;
typedef enum CodingMode { CODING_INTERACTIVE = 1, CODING_SEMI_AUTO, CODING_FULL_AUTO } CodingMode;
typedef enum JobStatus {
    JOB_PENDING = 1,
    JOB_LEASED,
    JOB_SUCCEEDED,
    JOB_DEAD,
    JOB_CANCELED
} JobStatus;
typedef enum EventKind {
    EVENT_LOG = 1,
    EVENT_PHASE,
    EVENT_STATUS,
    EVENT_TURN,
    EVENT_USAGE,
    EVENT_WARNING,
    EVENT_CONTEXT
} EventKind;

extern const Name provider_names[], message_role_names[], executor_names[], run_status_names[],
    task_status_names[], coding_mode_names[], job_status_names[], event_kind_names[];

bool run_finished(RunStatus status);

/* What the team thinks of a run when it compares. */
typedef enum Verdict { VERDICT_PINNED = 1, VERDICT_DISCARDED } Verdict;

extern const Name verdict_names[];
bool job_finished(JobStatus status);

/* A model that people may choose, with its sealed key (sys/crypto.h, bound to tenant, table, row,
 * column). Models of the environment have ids "env-openai" and so on, and no row. */
typedef struct ModelProfile {
    const char *id;
    const char *tenant_id;
    Provider provider;
    const char *model_name;
    const char *display_name;
    const char *base_url; /* NULL: the provider's own */
    Bytes api_key_sealed;
    Time created_at;
} ModelProfile;

/* A git repository. repo_url is normalised and never holds a credential. */
typedef struct Repo {
    const char *id;
    const char *tenant_id;
    const char *repo_url;
    const char *default_branch;
    const char *selected_branch;
    const char *latest_commit;
    const char *workspace_path;
    Time created_at;
} Repo;

typedef struct Task {
    const char *id;
    const char *tenant_id;
    const char *repo_id;
    const char *title;
    TaskStatus kanban_status; /* stored: backlog, todo or archived */
    CodingMode coding_mode;
    Time created_at;
    Time updated_at;
} Task;

typedef struct Message {
    const char *id;
    const char *tenant_id;
    const char *task_id;
    MessageRole role;
    const char *content;
    Time created_at;
} Message;

/* A line of work: (task, executor, model) with a branch of its own. Two runs of one line never
 * execute at once; a follow-up continues the line. */
typedef struct Line {
    const char *id;
    const char *tenant_id;
    const char *task_id;
    const char *repo_id; /* of the task: the branch is unique in it */
    Executor executor_type;
    const char *model_key; /* provider:model or the executor's name; unique with task and executor */
    const char *branch;    /* named after the run that opened the line */
    const char *base_ref;  /* the branch or commit it was asked to start from */
    const char *base_commit; /* the base merged in last */
    const char *head_commit; /* NULL until a run has committed */
    Time created_at;
} Line;

typedef struct FileChange {
    const char *path;
    const char *old_path;
    const char *status; /* added, modified, deleted, renamed, mode */
    int64_t added_lines;
    int64_t removed_lines;
    bool binary;
    const char *patch; /* valid UTF-8; lossy when it was not */
    bool lossy;
} FileChange;

typedef LIST_OF(FileChange) FileChangeList;

/* Tokens and money; input_tokens excludes those read from a cache. */
typedef struct Usage {
    int64_t input_tokens;
    int64_t output_tokens;
    int64_t cache_read_tokens;
    int64_t cache_write_tokens;
    int64_t reasoning_tokens; /* part of output_tokens */
    int64_t calls;
    OptReal cost_usd; /* absent when a price is unknown */
} Usage;

void usage_add(Usage *sum, const Usage *more);

/* A sentence of ours that pages show: they translate it by its code. */
typedef struct Note {
    const char *code; /* of docs/errors.md; NULL: none, and the text is shown as it is */
    Json params;      /* an object of texts; no text: none */
    const char *text; /* English */
} Note;

typedef LIST_OF(Note) NoteList;

typedef struct Run {
    const char *id;
    const char *tenant_id;
    const char *task_id;
    int64_t number; /* within the task, from 1 */
    const char *message_id;
    const char *line_id;
    const char *model_id;
    const char *model_name;
    Provider provider;
    Executor executor_type;
    const char *working_branch;
    const char *worktree_path;
    const char *session_id;
    const char *instruction;
    const char *base_ref;
    const char *base_commit; /* fixed when the run was created: runs of a message are comparable */
    const char *commit_sha;  /* absent when nothing was committed */
    RunStatus status;
    const char *phase;
    const char *summary;
    FileChangeList files_changed; /* JSON column, without the patches */
    int64_t files_count;
    int64_t added_lines;
    int64_t removed_lines;
    TextList warnings;
    NoteList warning_notes; /* the same, with their codes; runs of former versions have none */
    const char *error;
    const char *error_kind;
    const char *error_code;
    Json error_params; /* an object of texts, for translation */
    const char *retry_of;
    OptReal max_cost_usd;
    int64_t input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
        calls;
    OptReal cost_usd;
    int64_t event_seq; /* the last event's; counted in the inserting transaction */
    int64_t log_lines; /* lines of log so far */
    int64_t fence;     /* of the job that may write */
    Verdict verdict;   /* 0: none */
    Time created_at;
    Time started_at;
    Time completed_at;
} Run;

typedef struct Job {
    const char *id;
    const char *tenant_id;
    const char *queue;
    const char *kind;
    const char *run_id;
    const char *line_id; /* jobs of one line are leased one at a time, oldest first */
    const char *pool;    /* NULL or "": any worker; else only the invocation of that name */
    Json args;
    Json checkpoint; /* where the next holder goes on */
    JobStatus status;
    int64_t priority; /* 0 first, 9 last */
    Time not_before;
    int64_t fence; /* only grows; each write of a holder carries it */
    const char *owner;
    Time lease_until;
    int64_t tries;   /* failures that count */
    int64_t returns; /* graceful hand-backs */
    int64_t losses;  /* leases that ended with their worker */
    int64_t max_tries;
    bool cancel_asked;
    const char *error;
    const char *error_kind;
    const char *error_code;
    Json error_params;
    const char *unique_key; /* one unfinished job a key */
    Time created_at;
    Time finished_at;
} Job;

typedef struct RunEvent {
    const char *tenant_id;
    const char *run_id;
    int64_t seq; /* from 1, without gaps */
    int64_t fence;
    EventKind kind;
    int64_t line_number; /* of a log chunk's first line, from 0 */
    int64_t line_count;
    const char *data; /* log: lines with LF between; others: JSON */
    Time created_at;
} RunEvent;

typedef LIST_OF(ModelProfile) ModelProfileList;
typedef LIST_OF(Repo) RepoList;
typedef LIST_OF(Task) TaskList;
typedef LIST_OF(Message) MessageList;
typedef LIST_OF(Line) LineList;
typedef LIST_OF(Run) RunList;
typedef LIST_OF(Job) JobList;
typedef LIST_OF(RunEvent) RunEventList;

extern const Type model_profile_type, repo_type, task_type, message_type, line_type, note_type,
    file_change_type, usage_type, run_type, job_type, run_event_type;
