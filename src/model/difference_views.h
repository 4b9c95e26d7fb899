/* What the routes of differences and comparisons take and give. */
#pragma once

#include "model/entities.h"

typedef struct DiffFile {
    const char *path;
    const char *old_path; /* of a rename */
    const char *status;   /* added, modified, deleted, renamed, mode */
    int64_t added_lines, removed_lines;
    bool is_binary;
    const char *old_mode, *new_mode; /* "100644"; NULL: not there, or not said */
} DiffFile;

typedef LIST_OF(DiffFile) DiffFileList;

typedef struct RunFiles {
    const char *against; /* a run; NULL: the run's own start */
    const char *base_sha, *head_sha;
    DiffFileList files;
    bool is_cut;
} RunFiles;

typedef struct RunDiff {
    const char *against;
    const char *base_sha, *head_sha;
    const char *patch; /* made valid UTF-8 */
    bool is_cut;
} RunDiff;

typedef struct RunFile {
    const char *path;
    const char *side; /* old or new */
    const char *text; /* NULL: binary or too large */
    int64_t size;     /* bytes */
    bool is_binary, is_cut;
} RunFile;

typedef struct VerdictChange {
    Verdict verdict; /* 0: none any more */
} VerdictChange;

/* What one run did to a file of the comparison. */
typedef struct ComparedIn {
    const char *run_id;
    const char *status;
    int64_t added_lines, removed_lines;
} ComparedIn;

typedef LIST_OF(ComparedIn) ComparedInList;

typedef struct ComparedFile {
    const char *path;
    ComparedInList in;
} ComparedFile;

typedef struct ChecksView {
    int64_t total, passed, failed, pending;
} ChecksView;

typedef struct ComparedRun {
    const char *run_id;
    int64_t index; /* from 1, as shown */
    const char *model_id, *model_name;
    Provider provider;
    Executor executor_type;
    RunStatus status;
    Verdict verdict;
    int64_t files_changed, added_lines, removed_lines;
    int64_t shared_files, only_here_files; /* also changed by another run; by none */
    OptReal usd;
    int64_t input_tokens, output_tokens;
    OptInt duration_ms; /* of what has begun and ended */
    const char *summary, *error, *error_code;
    Json error_params;
    ChecksView checks; /* of the commit in its pull request; total 0: there are none */
    OptInt pull_number;
    const char *pull_url, *pull_status; /* NULL: it went into none */
} ComparedRun;

typedef LIST_OF(ComparedRun) ComparedRunList;
typedef LIST_OF(ComparedFile) ComparedFileList;

typedef struct Comparison {
    const char *task_id;
    const char *message_id; /* NULL: no message has runs yet */
    ComparedRunList runs;
    ComparedFileList files; /* by path */
    bool is_cut;
} Comparison;

extern const Type diff_file_type, run_files_type, run_diff_type, run_file_type, verdict_change_type,
    comparison_type;
