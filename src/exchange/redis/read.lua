-- Reads texts and how long they have still to live, at one moment.
-- KEYS the keys
-- Returns for each key a text and its milliseconds; '' and -2 when there is none.
local replies = {}
for i, key in ipairs(KEYS) do
  local text = redis.pcall('GET', key)
  local isText = type(text) == 'string'
  replies[2 * i - 1] = isText and text or ''
  replies[2 * i] = isText and redis.call('PTTL', key) or -2
end
return replies
