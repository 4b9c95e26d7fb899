-- wrk script: GET of the paths of a file, one after another.
--
--     wrk … -s lists.lua URL -- PATHS TOKEN
--
-- The last line it prints is JSON.

local made, at = {}, 0

function init(args)
    local headers = { ["Authorization"] = "Bearer " .. args[2] }
    for path in io.lines(args[1]) do
        made[#made + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    at = at % #made + 1
    return made[at]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format('{"p50_us": %d, "p99_us": %d, "failed": %d}\n', latency:percentile(50), latency:percentile(99),
        errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
