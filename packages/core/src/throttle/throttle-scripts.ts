import type { Publisher } from "@parley/queue";

type Redis = Publisher["redis"];

/**
 * How attempts are counted, as Redis runs it: atomically, by Redis's clock, in milliseconds. A key is what is counted of
 * an account or an address: `failures`, which are forgotten at `forgetAt`; `lockedUntil`; and `pending`, the
 * attempts under way, which a process that died in between takes with it at `pendingUntil`.
 */
const COUNTED = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function read(key)
  local seen = redis.call('HMGET', key, 'failures', 'forgetAt', 'lockedUntil', 'pending', 'pendingUntil')
  for i = 1, 5 do seen[i] = tonumber(seen[i] or 0) end
  local counted = {
    failures = seen[1], forgetAt = seen[2], lockedUntil = seen[3], pending = seen[4], pendingUntil = seen[5]
  }
  if counted.forgetAt <= now then counted.failures, counted.forgetAt, counted.lockedUntil = 0, 0, 0 end
  if counted.pendingUntil <= now then counted.pending, counted.pendingUntil = 0, 0 end
  return counted
end
local function write(key, counted)
  if counted.failures == 0 and counted.pending == 0 then return redis.call('DEL', key) end
  redis.call('HSET', key, 'failures', counted.failures, 'forgetAt', counted.forgetAt,
    'lockedUntil', counted.lockedUntil, 'pending', counted.pending, 'pendingUntil', counted.pendingUntil)
  redis.call('PEXPIREAT', key, math.max(counted.forgetAt, counted.pendingUntil))
end
`;

// Who has failed too often has one attempt at a time, and before that no more than could all fail. Whoever is refused
// because of those under way may come back when they are done.
const BEGIN = `${COUNTED}
local pendingMs, busyMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local all, waitMs = {}, 0
for i, key in ipairs(KEYS) do
  local counted, limit = read(key), tonumber(ARGV[i + 2])
  all[i] = counted
  if counted.lockedUntil > now then
    waitMs = math.max(waitMs, counted.lockedUntil - now)
  elseif counted.pending >= math.max(limit - counted.failures, 1) then
    waitMs = math.max(waitMs, busyMs)
  end
end
if waitMs > 0 then return waitMs end
for i, key in ipairs(KEYS) do
  all[i].pending, all[i].pendingUntil = all[i].pending + 1, now + pendingMs
  write(key, all[i])
end
return 0`;

// The first key is the account's: only it is cleared by a success, or an account of one's own would clear an address.
const END = `${COUNTED}
local outcome, windowMs = ARGV[1], tonumber(ARGV[2])
local lockMs, longestLockMs = tonumber(ARGV[3]), tonumber(ARGV[4])
for i, key in ipairs(KEYS) do
  local counted, limit = read(key), tonumber(ARGV[i + 4])
  counted.pending = math.max(counted.pending - 1, 0)
  if outcome == 'failed' then
    if counted.failures == 0 then counted.forgetAt = now + windowMs end
    counted.failures = counted.failures + 1
    if counted.failures >= limit then
      counted.lockedUntil = now + math.min(lockMs * 2 ^ (counted.failures - limit), longestLockMs)
      counted.forgetAt = counted.lockedUntil + windowMs
    end
  elseif outcome == 'succeeded' and i == 1 then
    counted.failures, counted.forgetAt, counted.lockedUntil = 0, 0, 0
  end
  write(key, counted)
end`;

// Attempts under way stay counted, or whoever guesses could begin as many again.
const FORGIVE = `${COUNTED}
local counted = read(KEYS[1])
counted.failures, counted.forgetAt, counted.lockedUntil = 0, 0, 0
write(KEYS[1], counted)`;

interface ThrottleScripts {
  /** The number of keys, the keys, how long an attempt lasts at most and whom it delays, and a limit for each key. */
  throttleBegin(...args: (string | number)[]): Promise<number>;
  /** The number of keys, the keys, the outcome, the window, the first and the longest lock, and a limit for each key. */
  throttleEnd(...args: (string | number)[]): Promise<void>;
  /** The number of keys, which is one, and the key. */
  throttleForgive(...args: (string | number)[]): Promise<void>;
}

export function defineThrottleScripts(redis: Redis): ThrottleScripts {
  redis.defineCommand("throttleBegin", { lua: BEGIN });
  redis.defineCommand("throttleEnd", { lua: END });
  redis.defineCommand("throttleForgive", { lua: FORGIVE });
  // `defineCommand` adds the methods at run time only.
  return redis as unknown as ThrottleScripts;
}
