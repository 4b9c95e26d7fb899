/* The tables of differences and comparisons. */

#include "model/difference_views.h"

const Type diff_file_type = TYPE(
    DiffFile, "What changed in a file.", FIELD(DiffFile, path, REQUIRED), FIELD(DiffFile, old_path),
    FIELD(DiffFile, status, REQUIRED), FIELD(DiffFile, added_lines, REQUIRED),
    FIELD(DiffFile, removed_lines, REQUIRED), FIELD(DiffFile, is_binary, REQUIRED),
    FIELD(DiffFile, old_mode), FIELD(DiffFile, new_mode));

const Type run_files_type =
    TYPE(RunFiles, "The files that a run changed.", FIELD(RunFiles, against),
         FIELD(RunFiles, base_sha), FIELD(RunFiles, head_sha),
         LIST(RunFiles, files, diff_file_type, REQUIRED), FIELD(RunFiles, is_cut, REQUIRED));

const Type run_diff_type = TYPE(RunDiff, "A difference as a patch.", FIELD(RunDiff, against),
                                FIELD(RunDiff, base_sha), FIELD(RunDiff, head_sha),
                                FIELD(RunDiff, patch, REQUIRED), FIELD(RunDiff, is_cut, REQUIRED));

const Type run_file_type =
    TYPE(RunFile, "A file before or after a run.", FIELD(RunFile, path, REQUIRED),
         FIELD(RunFile, side, REQUIRED), FIELD(RunFile, text), FIELD(RunFile, size, REQUIRED),
         FIELD(RunFile, is_binary, REQUIRED), FIELD(RunFile, is_cut, REQUIRED));

const Type verdict_change_type = TYPE(VerdictChange, "What the team thinks of a run.",
                                      ENUM(VerdictChange, verdict, verdict_names));

static const Type compared_in_type =
    TYPE(ComparedIn, "What a run did to a file.", FIELD(ComparedIn, run_id, REQUIRED),
         FIELD(ComparedIn, status, REQUIRED), FIELD(ComparedIn, added_lines, REQUIRED),
         FIELD(ComparedIn, removed_lines, REQUIRED));

static const Type compared_file_type =
    TYPE(ComparedFile, "A file that some of the runs changed.", FIELD(ComparedFile, path, REQUIRED),
         LIST(ComparedFile, in, compared_in_type, REQUIRED));

static const Type checks_view_type =
    TYPE(ChecksView, "Results of checks, counted.", FIELD(ChecksView, total, REQUIRED),
         FIELD(ChecksView, passed, REQUIRED), FIELD(ChecksView, failed, REQUIRED),
         FIELD(ChecksView, pending, REQUIRED));

static const Type compared_run_type = TYPE(
    ComparedRun, "A run beside the others of its message.", FIELD(ComparedRun, run_id, REQUIRED),
    FIELD(ComparedRun, index, REQUIRED), FIELD(ComparedRun, model_id),
    FIELD(ComparedRun, model_name), ENUM(ComparedRun, provider, provider_names),
    ENUM(ComparedRun, executor_type, executor_names, REQUIRED),
    ENUM(ComparedRun, status, run_status_names, REQUIRED),
    ENUM(ComparedRun, verdict, verdict_names), FIELD(ComparedRun, files_changed, REQUIRED),
    FIELD(ComparedRun, added_lines, REQUIRED), FIELD(ComparedRun, removed_lines, REQUIRED),
    FIELD(ComparedRun, shared_files, REQUIRED), FIELD(ComparedRun, only_here_files, REQUIRED),
    FIELD(ComparedRun, usd), FIELD(ComparedRun, input_tokens, REQUIRED),
    FIELD(ComparedRun, output_tokens, REQUIRED), FIELD(ComparedRun, duration_ms),
    FIELD(ComparedRun, summary), FIELD(ComparedRun, error), FIELD(ComparedRun, error_code),
    FIELD(ComparedRun, error_params), OBJECT(ComparedRun, checks, checks_view_type, REQUIRED),
    FIELD(ComparedRun, pull_number), FIELD(ComparedRun, pull_url), FIELD(ComparedRun, pull_status));

const Type comparison_type = TYPE(
    Comparison, "The runs of a message beside each other.", FIELD(Comparison, task_id, REQUIRED),
    FIELD(Comparison, message_id), LIST(Comparison, runs, compared_run_type, REQUIRED),
    LIST(Comparison, files, compared_file_type, REQUIRED), FIELD(Comparison, is_cut, REQUIRED));
