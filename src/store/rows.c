/* The tables of rows that are no entities. */

#include "store/rows.h"

const Type standing_type = TYPE(Standing, "Tasks in a column of the board.",
                                ENUM(Standing, status, task_status_names), FIELD(Standing, count));
const Type count_type = TYPE(Count, "A number of rows.", FIELD(Count, count));

const Type stamp_type =
    TYPE(Stamp, "A value made by the database.", FIELD(Stamp, at), FIELD(Stamp, number));

const Type lease_state_type =
    TYPE(LeaseState, "A renewed lease.", FIELD(LeaseState, id), FIELD(LeaseState, fence),
         FIELD(LeaseState, cancel_asked), FIELD(LeaseState, lease_until));

const Type run_state_type =
    TYPE(RunState, "How far a run has come.", FIELD(RunState, id), FIELD(RunState, task_id),
         FIELD(RunState, number), ENUM(RunState, status, run_status_names), FIELD(RunState, phase),
         FIELD(RunState, event_seq), FIELD(RunState, log_lines), FIELD(RunState, fence),
         FIELD(RunState, commit_sha));

const Type prunable_run_type = TYPE(PrunableRun, "A run whose events are to go.",
                                    FIELD(PrunableRun, run_id), FIELD(PrunableRun, ended_at),
                                    FIELD(PrunableRun, event_seq), FIELD(PrunableRun, first_seq));

const Type task_row_type = TYPE(
    TaskRow, "A task with its runs counted.", FIELD(TaskRow, id), FIELD(TaskRow, tenant_id),
    FIELD(TaskRow, repo_id), FIELD(TaskRow, title), ENUM(TaskRow, kanban_status, task_status_names),
    ENUM(TaskRow, coding_mode, coding_mode_names), FIELD(TaskRow, run_count),
    FIELD(TaskRow, running_count), FIELD(TaskRow, finished_count), FIELD(TaskRow, pr_count),
    FIELD(TaskRow, latest_pr_status), FIELD(TaskRow, latest_ci_status), FIELD(TaskRow, gating),
    FIELD(TaskRow, created_at), FIELD(TaskRow, updated_at));

const Type run_patch_type =
    TYPE(RunPatch, "The patch of a run.", FIELD(RunPatch, run_id), FIELD(RunPatch, patch));

const Type queue_stat_type =
    TYPE(QueueStat, "A queue at one moment.", FIELD(QueueStat, queue), FIELD(QueueStat, due),
         FIELD(QueueStat, later), FIELD(QueueStat, leased), FIELD(QueueStat, dead),
         FIELD(QueueStat, oldest_us));

const Type run_counter_type = TYPE(
    RunCounter, "The counters of a run.", FIELD(RunCounter, tenant_id), FIELD(RunCounter, task_id),
    FIELD(RunCounter, event_seq), FIELD(RunCounter, log_lines), FIELD(RunCounter, fence));

const Type worker_type =
    TYPE(Worker, "A process that claims jobs.", FIELD(Worker, id), FIELD(Worker, host),
         FIELD(Worker, pid), FIELD(Worker, lock_path), FIELD(Worker, started_at),
         FIELD(Worker, seen_at), FIELD(Worker, concurrency), FIELD(Worker, silent_us));

const Type storage_sizes_type =
    TYPE(StorageSizes, "What the database takes.", FIELD(StorageSizes, database_bytes),
         FIELD(StorageSizes, log_bytes));

const Type tenant_type = TYPE(Tenant, "A tenant.", FIELD(Tenant, id, REQUIRED),
                              FIELD(Tenant, name, REQUIRED), FIELD(Tenant, created_at));

const Type user_type =
    TYPE(User, "A user of a tenant.", FIELD(User, id, REQUIRED), FIELD(User, tenant_id, NO_JSON),
         FIELD(User, name, REQUIRED), FIELD(User, email), ENUM(User, role, role_names),
         FIELD(User, created_at));

const Type kept_answer_type =
    TYPE(KeptAnswer, "An answer kept for a repeated request.", FIELD(KeptAnswer, request_hash),
         FIELD(KeptAnswer, status), FIELD(KeptAnswer, body), FIELD(KeptAnswer, wait_us));

const Type pool_name_type = TYPE(PoolName, "A pool of jobs.", FIELD(PoolName, pool));

const Type delay_type = TYPE(Delay, "A time to wait.", FIELD(Delay, us));
