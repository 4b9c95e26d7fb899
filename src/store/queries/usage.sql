-- usage_put
INSERT INTO usage (run_id, fence, call, tenant_id, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                   reasoning_tokens, calls, cost_usd, created_at)
SELECT r.id, r.fence, :call, r.tenant_id, :input_tokens, :output_tokens, :cache_read_tokens, :cache_write_tokens,
       :reasoning_tokens, :calls, :cost_usd, db_now()
FROM runs r WHERE r.id = :run_id AND r.fence = :fence
ON CONFLICT (run_id, fence, call) DO UPDATE
SET input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
    cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
    reasoning_tokens = excluded.reasoning_tokens, calls = excluded.calls, cost_usd = excluded.cost_usd;

-- usage_put_beside
-- Fences begin at 1: 0 is what was used for the run without a lease, all of it in one row.
INSERT INTO usage (run_id, fence, call, tenant_id, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                   reasoning_tokens, calls, cost_usd, created_at)
SELECT r.id, 0, 1, r.tenant_id, :input_tokens, :output_tokens, :cache_read_tokens, :cache_write_tokens,
       :reasoning_tokens, :calls, :cost_usd, db_now()
FROM runs r WHERE r.tenant_id = :tenant_id AND r.id = :run_id
ON CONFLICT (run_id, fence, call) DO UPDATE
SET input_tokens = usage.input_tokens + excluded.input_tokens, output_tokens = usage.output_tokens + excluded.output_tokens,
    cache_read_tokens = usage.cache_read_tokens + excluded.cache_read_tokens,
    cache_write_tokens = usage.cache_write_tokens + excluded.cache_write_tokens,
    reasoning_tokens = usage.reasoning_tokens + excluded.reasoning_tokens, calls = usage.calls + excluded.calls,
    cost_usd = usage.cost_usd + excluded.cost_usd;

-- usage_sum
-- One unknown price makes the sum unknown. Without a fence the run's own one holds.
UPDATE runs
SET (input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, calls, cost_usd) =
    (SELECT sum(u.input_tokens), sum(u.output_tokens), sum(u.cache_read_tokens), sum(u.cache_write_tokens),
            sum(u.reasoning_tokens), sum(u.calls), CASE WHEN count(u.cost_usd) = count(*) THEN sum(u.cost_usd) END
     FROM usage u WHERE u.run_id = runs.id)
WHERE id = :run_id AND fence = coalesce(:fence, fence);

-- usage_of_run -> usage_type
SELECT input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, calls, cost_usd
FROM runs WHERE tenant_id = :tenant_id AND id = :id;
