-- Stores a text and publishes it, so that it is sent once.
-- KEYS[1] the key
-- ARGV[1] the text
-- ARGV[2] its life in milliseconds
-- ARGV[3] the channel
-- ARGV[4] what stands before the text in the message
-- Returns what Redis says of the storing: a Redis that is full can still publish.
local text, lifeMs, channel, head = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local reply = redis.pcall('SET', KEYS[1], text, 'PX', lifeMs)
redis.call('PUBLISH', channel, head .. text)
return reply
