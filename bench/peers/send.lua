-- For wrk: posts the lines of a file in turn, or gets an address; prints one line of JSON.
local requests, turn = {}, 0

function init(arguments)
  local headers = { ["content-type"] = "application/json" }
  for name, value in string.gmatch(arguments[2] or "", "([^=;]+)=([^;]*)") do headers[name] = value end
  for line in io.lines(arguments[1]) do
    if string.sub(line, 1, 1) == "/" then
      requests[#requests + 1] = wrk.format("GET", line, headers)
    else
      requests[#requests + 1] = wrk.format("POST", "/graphql", headers, line)
    end
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
