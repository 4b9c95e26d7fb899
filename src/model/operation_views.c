/* The tables of what operators see. */

#include "model/operation_views.h"

#include "model/views.h"

const Type queue_view_type = TYPE(
    QueueView, "A queue now.", FIELD(QueueView, queue, REQUIRED), FIELD(QueueView, due, REQUIRED),
    FIELD(QueueView, delayed, REQUIRED), FIELD(QueueView, leased, REQUIRED),
    FIELD(QueueView, dead, REQUIRED), FIELD(QueueView, oldest_seconds, REQUIRED));

const Type worker_job_type =
    TYPE(WorkerJob, "A job that a worker holds.", FIELD(WorkerJob, job_id, REQUIRED),
         FIELD(WorkerJob, kind, REQUIRED), FIELD(WorkerJob, run_id), FIELD(WorkerJob, task_id),
         FIELD(WorkerJob, lease_until));

const Type worker_view_type =
    TYPE(WorkerView, "A process that works off jobs.", FIELD(WorkerView, id, REQUIRED),
         FIELD(WorkerView, host, REQUIRED), FIELD(WorkerView, pid, REQUIRED),
         FIELD(WorkerView, concurrency), FIELD(WorkerView, started_at, REQUIRED),
         FIELD(WorkerView, seen_at, REQUIRED), FIELD(WorkerView, silent_seconds, REQUIRED),
         LIST(WorkerView, jobs, worker_job_type, REQUIRED));

const Type job_view_type =
    TYPE(JobView, "A job.", FIELD(JobView, id, REQUIRED), FIELD(JobView, queue, REQUIRED),
         FIELD(JobView, kind, REQUIRED), ENUM(JobView, state, job_status_names, REQUIRED),
         FIELD(JobView, run_id), FIELD(JobView, task_id), FIELD(JobView, owner),
         FIELD(JobView, lease_until), FIELD(JobView, fence, REQUIRED),
         FIELD(JobView, priority, REQUIRED), FIELD(JobView, not_before, REQUIRED),
         FIELD(JobView, tries, REQUIRED), FIELD(JobView, max_tries, REQUIRED),
         FIELD(JobView, returns, REQUIRED), FIELD(JobView, losses, REQUIRED),
         FIELD(JobView, cancel_asked, REQUIRED), FIELD(JobView, error), FIELD(JobView, error_kind),
         FIELD(JobView, error_code), FIELD(JobView, error_params),
         FIELD(JobView, created_at, REQUIRED), FIELD(JobView, finished_at));

const Type job_query_type =
    TYPE(JobQuery, "Which jobs.",
         FIELD(JobQuery, limit, 0, .least = 0, .most = PAGE_MAX, .preset = "0",
               .about = "Most rows; 0 for as many as there may be."),
         FIELD(JobQuery, cursor, 0, .about = "The X-Next-Cursor of the page before."),
         ENUM(JobQuery, state, job_status_names), FIELD(JobQuery, queue, 0, .most = NAME_MAX_BYTES),
         FIELD(JobQuery, kind, 0, .most = NAME_MAX_BYTES));

const Type storage_part_type =
    TYPE(StoragePart, "A part of the data directory.", FIELD(StoragePart, name, REQUIRED),
         FIELD(StoragePart, bytes, REQUIRED), FIELD(StoragePart, files, REQUIRED));

const Type storage_repo_type =
    TYPE(StorageRepo, "The mirror of a repository.", FIELD(StorageRepo, repo_id),
         FIELD(StorageRepo, repo_url), FIELD(StorageRepo, bytes, REQUIRED),
         FIELD(StorageRepo, files, REQUIRED));

const Type storage_view_type = TYPE(
    StorageView, "What is stored where, and how much room is left.",
    FIELD(StorageView, database_bytes), FIELD(StorageView, log_bytes),
    LIST(StorageView, parts, storage_part_type, REQUIRED),
    LIST(StorageView, mirrors, storage_repo_type, REQUIRED),
    FIELD(StorageView, disk_free_bytes, REQUIRED), FIELD(StorageView, disk_total_bytes, REQUIRED),
    FIELD(StorageView, disk_floor_bytes, REQUIRED), FIELD(StorageView, is_partial, REQUIRED),
    FIELD(StorageView, measured_at, REQUIRED));

const Type setting_view_type =
    TYPE(SettingView, "A setting in force.", FIELD(SettingView, variable, REQUIRED),
         FIELD(SettingView, value), FIELD(SettingView, origin, REQUIRED),
         FIELD(SettingView, about, REQUIRED));

const Type about_view_type = TYPE(
    AboutView, "The service itself.", FIELD(AboutView, version, REQUIRED),
    FIELD(AboutView, mode, REQUIRED), FIELD(AboutView, auth, REQUIRED),
    FIELD(AboutView, database, REQUIRED), FIELD(AboutView, schema_version, REQUIRED),
    FIELD(AboutView, queue, REQUIRED), FIELD(AboutView, bus, REQUIRED),
    FIELD(AboutView, blob, REQUIRED), FIELD(AboutView, demo, REQUIRED),
    FIELD(AboutView, share_links, REQUIRED), FIELD(AboutView, data_dir),
    FIELD(AboutView, started_at, REQUIRED), LIST(AboutView, settings, setting_view_type, REQUIRED));

const Type agent_view_type =
    TYPE(AgentView, "An agent program, looked for on the server's machine.",
         ENUM(AgentView, executor_type, executor_names, REQUIRED),
         FIELD(AgentView, label, REQUIRED), FIELD(AgentView, program, REQUIRED),
         FIELD(AgentView, path), FIELD(AgentView, version), FIELD(AgentView, usable, REQUIRED),
         FIELD(AgentView, reason_code), FIELD(AgentView, reason_params), FIELD(AgentView, reason));

const Type executor_view_type =
    TYPE(ExecutorView, "What a message may be given to.",
         ENUM(ExecutorView, executor_type, executor_names, REQUIRED),
         FIELD(ExecutorView, label, REQUIRED), FIELD(ExecutorView, takes_models, REQUIRED),
         FIELD(ExecutorView, usable, REQUIRED), FIELD(ExecutorView, reason_code),
         FIELD(ExecutorView, reason_params), FIELD(ExecutorView, reason));

const Type agents_view_type =
    TYPE(AgentsView, "Agents and executors.", LIST(AgentsView, agents, agent_view_type, REQUIRED),
         LIST(AgentsView, executors, executor_view_type, REQUIRED));
