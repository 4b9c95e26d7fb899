-- review_get -> review_type
SELECT * FROM reviews WHERE tenant_id = :tenant_id AND id = :id;

-- review_insert
INSERT INTO reviews (id, tenant_id, task_id, target_run_ids, executor_type, model_id, model_name, status, overall_summary,
                     overall_score, logs, error, created_at, started_at, completed_at)
VALUES (:id, :tenant_id, :task_id, :target_run_ids, :executor_type, :model_id, :model_name, :status, :overall_summary,
        :overall_score, :logs, :error, db_now(), :started_at, :completed_at);

-- feedback_insert
INSERT INTO review_feedbacks (id, tenant_id, review_id, position, file_path, line_start, line_end, severity, category, title,
                              description, suggestion, code_snippet)
VALUES (:id, :tenant_id, :review_id,
        (SELECT count(*) FROM review_feedbacks f WHERE f.review_id = :review_id), :file_path, :line_start, :line_end,
        :severity, :category, :title, :description, :suggestion, :code_snippet);

-- feedbacks_of_review -> feedback_type
-- By weight, not by name: "low" is not before "medium".
SELECT id, tenant_id, review_id, file_path, line_start, line_end, severity, category, title, description, suggestion,
       code_snippet
FROM review_feedbacks
WHERE review_id = :id AND tenant_id = :tenant_id
ORDER BY CASE severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 ELSE 4 END, position, id;

-- review_summaries -> review_summary_type
SELECT v.id, v.task_id, v.status, v.executor_type, v.created_at,
       (SELECT count(*) FROM review_feedbacks f WHERE f.review_id = v.id) AS feedback_count,
       (SELECT count(*) FROM review_feedbacks f WHERE f.review_id = v.id AND f.severity = 'critical') AS critical_count,
       (SELECT count(*) FROM review_feedbacks f WHERE f.review_id = v.id AND f.severity = 'high') AS high_count,
       (SELECT count(*) FROM review_feedbacks f WHERE f.review_id = v.id AND f.severity = 'medium') AS medium_count,
       (SELECT count(*) FROM review_feedbacks f WHERE f.review_id = v.id AND f.severity = 'low') AS low_count
FROM reviews v
WHERE v.task_id = :task_id AND (v.created_at, v.id) < (:at, :id) AND v.tenant_id = :tenant_id
ORDER BY v.created_at DESC, v.id DESC
LIMIT :limit;

-- ci_check_list -> ci_check_type
SELECT * FROM ci_checks
WHERE task_id = :task_id AND (created_at, id) < (:at, :id) AND tenant_id = :tenant_id
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- ci_check_insert
INSERT INTO ci_checks (id, tenant_id, task_id, pr_id, status, workflow_run_id, sha, jobs, failed_jobs, created_at, updated_at)
VALUES (:id, :tenant_id, :task_id, :pr_id, :status, :workflow_run_id, :sha, :jobs, :failed_jobs, db_now(), db_now());

-- agentic_newest -> agentic_run_type
SELECT id, tenant_id, task_id, mode, phase, iteration, ci_iterations, review_iterations, pr_number, current_sha,
       last_review_score, human_approved, error, started_at, last_activity
FROM agentic_runs
WHERE task_id = :task_id AND tenant_id = :tenant_id
ORDER BY started_at DESC, id DESC
LIMIT 1;

-- agentic_insert
INSERT INTO agentic_runs (id, tenant_id, task_id, mode, phase, iteration, ci_iterations, review_iterations, started_at,
                          last_activity, pr_number, current_sha, last_review_score, error, human_approved)
VALUES (:id, :tenant_id, :task_id, :mode, :phase, :iteration, :ci_iterations, :review_iterations, db_now(), db_now(),
        :pr_number, :current_sha, :last_review_score, :error, :human_approved);

-- agentic_fail
-- Only while it is where it was seen: whatever ended meanwhile stays as it ended.
UPDATE agentic_runs SET phase = 'failed', error = :error, last_activity = db_now()
WHERE tenant_id = :tenant_id AND id = :id AND phase = :seen;
