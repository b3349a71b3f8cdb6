-- Replaces a record if it is as expected, and announces it.
-- KEYS[1] the record
-- ARGV[1] what it must begin with; empty: it must be missing
-- ARGV[2] the new record
-- ARGV[3] its life in milliseconds
-- ARGV[4] the channel on which it is announced
-- Returns {1, ''} when done, else {0, the record as it is}. What does not begin as a record does counts as missing.
local expected, record, lifeMs, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local current = redis.pcall('GET', KEYS[1])
if type(current) ~= 'string' or not string.find(current, '^lease %S+ %d+ %d+ ') then current = '' end
local isAsExpected = string.sub(current, 1, #expected) == expected
if expected == '' then isAsExpected = current == '' end
if not isAsExpected then return { 0, current } end
redis.call('SET', KEYS[1], record, 'PX', lifeMs)
redis.call('PUBLISH', channel, record)
return { 1, '' }
