-- pull_insert -> stamp_type
INSERT INTO prs (id, tenant_id, task_id, number, url, branch, base, title, body, latest_commit, status, run_id, run_commit,
                 checked_at, created_at, updated_at)
VALUES (:id, :tenant_id, :task_id, :number, :url, :branch, :base, :title, :body, :latest_commit, :status, :run_id,
        :run_commit, db_now(), db_now(), db_now())
RETURNING created_at AS at;

-- pull_change -> stamp_type
UPDATE prs
SET url = :url, branch = :branch, base = coalesce(:base, base), title = :title, body = :body,
    latest_commit = :latest_commit, status = :status, run_id = coalesce(:run_id, run_id),
    run_commit = coalesce(:run_commit, run_commit), checked_at = db_now(), updated_at = db_now()
WHERE tenant_id = :tenant_id AND id = :id
RETURNING updated_at AS at;

-- pull_get -> pull_type
SELECT * FROM prs WHERE tenant_id = :tenant_id AND id = :id;

-- pull_numbered -> pull_type
SELECT * FROM prs
WHERE task_id = :task_id AND number = :number AND tenant_id = :tenant_id
ORDER BY created_at, id
LIMIT 1;

-- pulls_newest -> pull_type
SELECT * FROM prs
WHERE tenant_id = :tenant_id AND (created_at, id) < (:at, :id)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- pull_list -> pull_type
SELECT * FROM prs
WHERE task_id = :task_id AND (created_at, id) < (:at, :id) AND tenant_id = :tenant_id
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- pull_summaries -> pull_summary_type
SELECT id, number, url, branch, status,
       (SELECT c.status FROM ci_checks c WHERE c.pr_id = prs.id ORDER BY c.created_at DESC, c.id DESC LIMIT 1) AS ci_status
FROM prs
WHERE task_id = :id AND tenant_id = :tenant_id
ORDER BY created_at DESC, id DESC
LIMIT :most;

-- pulls_numbered_at -> pull_type
-- Of all tenants: rows of the forge's repository by that number, or with that branch's head.
SELECT p.* FROM prs p
JOIN tasks t ON t.id = p.task_id
JOIN repos r ON r.id = t.repo_id
WHERE p.number = :number AND (p.url = :url OR r.repo_url = :repo_url)
ORDER BY p.id
LIMIT :limit;

-- pulls_at_commit -> pull_type
SELECT p.* FROM prs p
JOIN tasks t ON t.id = p.task_id
JOIN repos r ON r.id = t.repo_id
WHERE p.latest_commit = :commit_sha AND p.status = 'open' AND (substr(p.url, 1, length(:prefix)) = :prefix OR r.repo_url = :repo_url)
ORDER BY p.id
LIMIT :limit;

-- pulls_to_check -> pull_type
-- Open ones that nobody has looked at for a while, longest first.
SELECT * FROM prs
WHERE status = 'open' AND (checked_at IS NULL OR db_us(db_now(), checked_at) > :older_us)
ORDER BY checked_at, id
LIMIT :limit;

-- pull_checked
UPDATE prs SET checked_at = db_now() WHERE id = :id;

-- pull_lock -> pull_type
UPDATE prs SET updated_at = db_now() WHERE tenant_id = :tenant_id AND id = :id
RETURNING *;

-- check_of_commit -> ci_check_type
SELECT * FROM ci_checks
WHERE pr_id = :pr_id AND sha = :sha AND tenant_id = :tenant_id
ORDER BY created_at DESC, id DESC
LIMIT 1;

-- check_insert
INSERT INTO ci_checks (id, tenant_id, task_id, pr_id, status, workflow_run_id, sha, jobs, failed_jobs, created_at, updated_at)
VALUES (:id, :tenant_id, :task_id, :pr_id, :status, :workflow_run_id, :sha, :jobs, :failed_jobs, db_now(), db_now());

-- check_change
UPDATE ci_checks
SET status = :status, workflow_run_id = :workflow_run_id, jobs = :jobs, failed_jobs = :failed_jobs, updated_at = db_now()
WHERE tenant_id = :tenant_id AND id = :id;
