-- wrk script: requests for random tasks of a file.
--
--     wrk … -s requests.lua URL -- IDS TOKEN detail|message
--
-- The last line it prints is JSON.

local made = {}

function init(args)
    local ids, token, kind = args[1], args[2], args[3]
    local headers = { ["Authorization"] = "Bearer " .. token }
    local body
    if kind == "message" then
        headers["Content-Type"] = "application/json"
        body = '{"role": "user", "content": "Please give the parser a limit on the depth of what it reads, '
            .. 'with a test for each side of it."}'
    end
    for id in io.lines(ids) do
        local path = "/v1/tasks/" .. id
        made[#made + 1] = body and wrk.format("POST", path .. "/messages", headers, body)
            or wrk.format("GET", path, headers)
    end
end

function request()
    return made[math.random(#made)]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format('{"count": %d, "seconds": %.6f, "p99_us": %d, "failed": %d}\n', summary.requests,
        summary.duration / 1e6, latency:percentile(99),
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
