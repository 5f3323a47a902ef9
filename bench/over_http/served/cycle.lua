-- Sends `requests` in turns, or a chain in which each request brings what an answer has brought.
-- The table before it says: requests, expected, having, follows, tokens.
-- Global, so that `done`, which runs in a state of its own, can ask the thread for them.
bad, first_bad = 0, ""
head, last, waiting = 1, 0, {}
local at = 0
local fields, form = requests[1]:match("^(.-\r\n\r\n)(.*)$")
for number, token in ipairs(tokens) do waiting[number], last = token, number end

function request()
  if follows == "" then
    at = at % #requests + 1
    return requests[at]
  end
  local token = waiting[head]
  if token == nil then return "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" end
  waiting[head] = nil
  head = head + 1
  local filled = (form:gsub("{token}", (token:gsub("%%", "%%%%"))))
  return (fields:gsub("{length}", tostring(#filled))) .. filled
end

function response(status, headers, body)
  local is_good = status == expected
  if is_good and having ~= "" then
    is_good = body:find(having, 1, true) ~= nil
    for _, value in pairs(headers) do is_good = is_good or value:find(having, 1, true) ~= nil end
  end
  if is_good and follows ~= "" then
    local token = body:match('"' .. follows .. '"%s*:%s*"([^"]+)"')
    if token then last = last + 1; waiting[last] = token else is_good = false end
  end
  if not is_good then
    bad = bad + 1
    if first_bad == "" then first_bad = status .. " " .. body:sub(1, 300):gsub("\n", " ") end
  end
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency)
  local errors = summary.errors
  local failed, said = errors.connect + errors.read + errors.write + errors.timeout, ""
  for _, thread in ipairs(threads) do
    failed, said = failed + thread:get("bad"), thread:get("first_bad")
    local left = thread:get("waiting")
    for number = thread:get("head"), thread:get("last") do io.write("\nleft ", left[number]) end
  end
  io.write(string.format("\n%d %d %s\n", summary.requests, failed, said))
end
