import type { Redis } from "ioredis";

/**
 * How send slots are given, as Redis runs it: atomically, by Redis's clock, in milliseconds with fraction. The
 * kinds of keys: `next`, from when on the account has slots; `pair`, the same of a recipient; `reserved`, the slot of a
 * message; `log`, which messages have left in the last window and are about to leave, by time; `late`, from when on
 * one that has missed its slot may leave.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local function numberAt(key) return tonumber(redis.call('GET', key) or 0) end
local function remember(key, at, keptMs)
  redis.call('SET', key, string.format('%.3f', at), 'PX', math.ceil(at - now) + keptMs)
end
`;

/** Keys of accounts and recipients that nothing is sent to any more go away. */
const KEPT_MS = 60_000;

// The generic cell rate algorithm, for the account without a burst and for the pair with one. A slot that is far away
// because of the pair leaves the account's next slot to others.
const NEW_SLOT = `
local function newSlot(nextKey, pairKey, interval, pairInterval, pairBurst)
  local pairNext = math.max(numberAt(pairKey), now)
  local at = math.max(now, pairNext - (pairBurst - 1) * pairInterval)
  local accountNext = math.max(numberAt(nextKey), now)
  if at <= accountNext then
    at = accountNext
    remember(nextKey, at + interval, ${KEPT_MS})
  end
  remember(pairKey, pairNext + pairInterval, ${KEPT_MS})
  return at
end
`;

const RESERVE = `${NOW}${NEW_SLOT}
local at = numberAt(KEYS[1])
if at == 0 then
  at = newSlot(KEYS[2], KEYS[3], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]))
  remember(KEYS[1], at, ARGV[4])
end
return tostring(at - now)`;

// Whoever lines up leaves, unless the window is full by more than small delays explain: for who is on time, the window
// before; for who is late, with all who have lined up, and the late follow one another at twice the pace at most. Others
// get a new slot: so a delay of some ends with them, and does not make everybody late who comes after.
const LINE_UP = `${NOW}${NEW_SLOT}
local interval, pairInterval, pairBurst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window, limit, lead, message = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local slot = numberAt(KEYS[1])
local isNew = slot == 0
if isNew then slot = newSlot(KEYS[2], KEYS[3], interval, pairInterval, pairBurst) end
local at = math.max(slot, now)
if at - now <= lead then
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - window)
  redis.call('ZREM', KEYS[4], message)
  local isLate = slot < now - lead
  local isFull
  if isLate then
    at = math.max(at, numberAt(KEYS[5]))
    local ahead = lead / interval
    isFull = at - now > lead or redis.call('ZCOUNT', KEYS[4], at - window, '+inf') >= limit + ahead
  else
    isFull = redis.call('ZCOUNT', KEYS[4], at - window, at) >= limit * 1.1
  end
  if isFull and not isNew then
    at = newSlot(KEYS[2], KEYS[3], interval, pairInterval, pairBurst)
  else
    if isLate then remember(KEYS[5], at + interval / 2, ${KEPT_MS}) end
    redis.call('ZADD', KEYS[4], string.format('%.3f', at), message)
    redis.call('PEXPIRE', KEYS[4], ${KEPT_MS})
  end
end
remember(KEYS[1], at, ARGV[4])
return tostring(at - now)`;

// Less than a millisecond is not worth another question.
const DEPART = `${NOW}
local window, limit, message = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - window)
redis.call('ZREM', KEYS[2], message)
local departed = redis.call('ZCOUNT', KEYS[2], '-inf', now)
if departed >= limit then
  local first = departed - limit
  local at = redis.call('ZRANGE', KEYS[2], first, first, 'WITHSCORES')[2] + window
  if at - now >= 1 then
    redis.call('ZADD', KEYS[2], string.format('%.3f', at), message)
    return tostring(at - now)
  end
end
redis.call('ZADD', KEYS[2], string.format('%.3f', now), message .. ':' .. ARGV[4])
redis.call('PEXPIRE', KEYS[2], ${KEPT_MS})
redis.call('DEL', KEYS[1])
return '0'`;

// Pairs of a departure and by how much later it counts; nothing leaves later than now.
const DELAYED = `${NOW}
for i = 1, #ARGV, 2 do
  local at = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if at then redis.call('ZADD', KEYS[1], string.format('%.3f', math.min(at + ARGV[i + 1], now)), ARGV[i]) end
end`;

const PUSH_BACK = `${NOW}
remember(KEYS[1], math.max(numberAt(KEYS[1]), now + ARGV[1]), ${KEPT_MS})`;

interface SlotScripts {
  slotReserve(...args: (string | number)[]): Promise<string>;
  slotLineUp(...args: (string | number)[]): Promise<string>;
  slotDepart(...args: (string | number)[]): Promise<string>;
  slotDelayed(...args: (string | number)[]): Promise<void>;
  slotPushBack(...args: (string | number)[]): Promise<void>;
}

export function defineSlotScripts(redis: Redis): SlotScripts {
  redis.defineCommand("slotReserve", { numberOfKeys: 3, lua: RESERVE });
  redis.defineCommand("slotLineUp", { numberOfKeys: 5, lua: LINE_UP });
  redis.defineCommand("slotDepart", { numberOfKeys: 2, lua: DEPART });
  redis.defineCommand("slotDelayed", { numberOfKeys: 1, lua: DELAYED });
  redis.defineCommand("slotPushBack", { numberOfKeys: 1, lua: PUSH_BACK });
  // `defineCommand` adds the methods at run time only.
  return redis as unknown as SlotScripts;
}
