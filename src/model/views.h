/* What clients send and see: the shapes of dursor's API. Old keys, nulls and orders are kept; what
 * is new stands beside them. */
#pragma once

#include "model/entities.h"

/* Limits of what people send. */
enum {
    INSTRUCTION_MAX = 256 << 10, /* bytes of an instruction or a message */
    TITLE_MAX = 500,
    NAME_MAX_BYTES = 200,
    RUNS_AT_ONCE_MAX = 16, /* models and agents of one message */
    BULK_MAX = 200,
    PAGE_MAX = 1000, /* rows of a list without a limit of its own */
};

/* ---- Models ---- */

typedef struct ModelView {
    const char *id;
    Provider provider;
    const char *model_name;
    const char *display_name;
    const char *base_url;
    Time created_at;
    bool demo; /* answers from a script, for trying without a key */
} ModelView;

typedef struct ModelCreate {
    Provider provider;
    const char *model_name;
    const char *api_key;
    const char *display_name;
    const char *base_url;
} ModelCreate;

/* ---- Repositories ---- */

typedef struct RepoClone {
    const char *repo_url;
    const char *ref;
} RepoClone;

typedef struct BranchNames {
    TextList branches;
    const char *default_branch;
} BranchNames;

/* ---- Tasks and messages ---- */

typedef struct TaskCreate {
    const char *repo_id;
    const char *title;
    CodingMode coding_mode;
} TaskCreate;

typedef struct MessageCreate {
    MessageRole role;
    const char *content;
} MessageCreate;

typedef struct RunSummary {
    const char *id;
    const char *message_id;
    const char *model_id;
    const char *model_name;
    Provider provider;
    Executor executor_type;
    const char *working_branch;
    RunStatus status;
    Time created_at;
    const char *phase;
    const char *commit_sha;
    const char *summary;
    const char *error, *error_code;
    Json error_params;
    int64_t added_lines, removed_lines, files_count;
    int64_t input_tokens, output_tokens;
    OptReal cost_usd;
    Time started_at, completed_at;
    int64_t event_seq;
    Verdict verdict; /* 0: none */
} RunSummary;

typedef struct PullSummary {
    const char *id;
    int64_t number;
    const char *url;
    const char *branch;
    const char *status;
    const char *ci_status; /* of its newest check; NULL: none. Not told */
} PullSummary;

typedef LIST_OF(ModelView) ModelViewList;
typedef LIST_OF(RunSummary) RunSummaryList;
typedef LIST_OF(PullSummary) PullSummaryList;

typedef struct TaskDetail {
    Task task;
    MessageList messages;
    RunSummaryList runs;
    PullSummaryList prs;
} TaskDetail;

/* ---- Runs ---- */

typedef struct RunCreate {
    const char *instruction;
    TextList model_ids;
    const char *base_ref;
    Executor executor_type;
    IntList executor_types; /* Executor; when given it stands for executor_type */
    const char *message_id;
    const char *continue_run_id; /* go on from this run's line only; NULL: each line by itself */
    OptReal max_cost_usd;        /* of each run */
} RunCreate;

typedef struct RunsCreated {
    TextList run_ids;
} RunsCreated;

typedef struct RunView {
    Run run;
    const char *patch;
    bool patch_lossy; /* the patch held bytes that are not UTF-8 */
    TextList logs;    /* the last lines; all are at the events route */
} RunView;

typedef LIST_OF(RunView) RunViewList;

typedef struct LogLine {
    int64_t line_number;
    const char *content;
    double timestamp; /* seconds */
} LogLine;

typedef LIST_OF(LogLine) LogLineList;

typedef struct LogPage {
    LogLineList logs;
    bool is_complete;
    int64_t total_lines;
    RunStatus run_status;
} LogPage;

/* An event of a run as streams and long polls show it. */
typedef struct EventView {
    const char *run_id;
    int64_t seq;
    EventKind kind;
    OptInt line_number; /* of a log chunk's first line */
    OptInt line_count;
    const char *text; /* of a log chunk: its lines, LF between */
    Json detail;      /* of the others */
    Time created_at;
} EventView;

typedef LIST_OF(EventView) EventViewList;

EventView event_view(const RunEvent *event);

/* A page of events for a long poll. */
typedef struct EventPage {
    EventViewList events;
    const char *cursor; /* what to ask with next: after=… */
    bool is_complete;   /* the run has ended and this is the last of it */
    bool is_reset;      /* events behind the place were removed: read everything again */
} EventPage;

extern const Type model_view_type, model_create_type, repo_clone_type, branch_names_type,
    task_create_type, message_create_type, run_summary_type, pull_summary_type, task_detail_type,
    run_create_type, runs_created_type, run_view_type, log_line_type, log_page_type,
    event_view_type, event_page_type;
