import { askRedis, type Publisher } from "@parley/queue";

/** So many requests in a window, of whatever `key` stands for. */
export interface RequestLimit {
  key: string;
  most: number;
}

/** Where a request stands with one of its limits. */
export interface RequestCount {
  most: number;
  /** How many more would be let in now. */
  remaining: number;
  /** Until the next one is let in, if none would be now; else until the window ends. */
  resetMs: number;
}

export interface CountedRequest {
  /** Refused requests count for nothing. */
  refused: boolean;
  /** In the order of the limits. */
  counts: RequestCount[];
}

export interface RequestCounter {
  /**
   * Counts one request against all of `limits`, or against none if one of them is exhausted. Their keys must share a
   * hash tag. Rejects when Redis is away, or has not answered within `waitMs`.
   */
  count(limits: readonly RequestLimit[], waitMs: number): Promise<CountedRequest>;
}

const MINUTE_MS = 60_000;

// A sliding window by two fixed ones: what was counted in the window before weighs less with each moment of this one. Of
// the libraries, rate-limiter-flexible and @fastify/rate-limit ask Redis once for each limit, and count a request that
// one limit refuses against the others; hence a script. A key holds `window`, the number of the window that it was
// last counted in, `count`, and `before`, the count of the window before.
const COUNT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length = tonumber(ARGV[1])
local window = math.floor(now / length)
local elapsed = now - window * length
local seen, refused = {}, 0
for i, key in ipairs(KEYS) do
  local stored = redis.call('HMGET', key, 'window', 'count', 'before')
  local at = { window = tonumber(stored[1] or 0), count = tonumber(stored[2] or 0), before = tonumber(stored[3] or 0) }
  if at.window == window - 1 then
    at.count, at.before = 0, at.count
  elseif at.window < window then
    at.count, at.before = 0, 0
  end
  at.most = tonumber(ARGV[i + 1])
  at.left = at.most - at.count - at.before * (1 - elapsed / length)
  if at.left < 1 then refused = 1 end
  seen[i] = at
end
local answer = { refused }
for i, key in ipairs(KEYS) do
  local at = seen[i]
  if refused == 0 then
    at.count, at.left = at.count + 1, at.left - 1
    if at.window < window then
      redis.call('HSET', key, 'window', window, 'count', at.count, 'before', at.before)
      redis.call('PEXPIRE', key, length * 2)
    else
      redis.call('HSET', key, 'count', at.count)
    end
  end
  local reset = length - elapsed
  if at.left < 1 then
    local room = at.most - 1 - at.count
    if room >= 0 then
      reset = length * (1 - room / at.before) - elapsed
    else
      reset = reset + length * (1 - (at.most - 1) / at.count)
    end
  end
  answer[i * 2] = math.max(math.floor(at.left), 0)
  answer[i * 2 + 1] = math.ceil(reset)
end
return answer`;

interface CountScript {
  /** The number of keys, the keys, the window's length, and a limit for each key. */
  countRequest(...args: (string | number)[]): Promise<number[]>;
}

/** Counts in Redis, for all processes. `windowMs` is a minute unless a test wants less. */
export function createRequestCounter(redis: Publisher["redis"], windowMs: number = MINUTE_MS): RequestCounter {
  redis.defineCommand("countRequest", { lua: COUNT });
  // `defineCommand` adds the method at run time only.
  const scripts = redis as unknown as CountScript;
  return {
    async count(limits, waitMs) {
      const keys = limits.map(({ key }) => key);
      const [refused, ...numbers] = await askRedis(redis, waitMs, () =>
        scripts.countRequest(keys.length, ...keys, windowMs, ...limits.map(({ most }) => most)),
      );
      return {
        refused: refused === 1,
        counts: limits.map(({ most }, index) => ({
          most,
          remaining: numbers[index * 2] ?? 0,
          resetMs: numbers[index * 2 + 1] ?? 0,
        })),
      };
    },
  };
}
