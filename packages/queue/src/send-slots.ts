import type { Redis } from "ioredis";
import { queuePrefix, type RedisConfig } from "./connections.ts";

/** The limits of one sending account. */
export interface SlotLimits {
  /** Messages of the account in any second. */
  perSecond: number;
  /** One message to the same recipient in this time … */
  pairIntervalMs: number;
  /** … of which so many may be taken at once. */
  pairBurst: number;
}

/** One try at sending a message. */
export interface Departure {
  account: string;
  message: string;
  attempt: number;
}

/** When messages may leave: shared by all processes, lost with Redis without harm. */
export interface SendSlots {
  /**
   * Reserves the next slot of an account and recipient for a message; asked again, it names the same one. Returns
   * the milliseconds until it.
   */
  reserve(slot: { account: string; recipient: string; message: string }, limits: SlotLimits): Promise<number>;
  /**
   * The last check, right before sending: jobs that were late together must not leave together. 0 means go, and the
   * reservation is used up; else the milliseconds to wait before asking again.
   */
  take(slot: Departure, limits: SlotLimits): Promise<number>;
  /**
   * What left may have travelled longer than others do, by this many milliseconds: it counts as having left so much
   * later. Up to `TRAVEL_MARGIN_MS` are allowed for, so that most answers need no call.
   */
  delayed(slot: Departure, byMs: number): Promise<void>;
  /** The provider asked for a pause: no slot of the account (or recipient) before `delayMs` have passed. */
  pushBack(slot: { account: string; recipient?: string }, delayMs: number, limits: SlotLimits): Promise<void>;
  /** Which of the messages have a reserved slot, and so, unless it was lost since, a job that waits for it. */
  reserved(slots: readonly { account: string; message: string }[]): Promise<boolean[]>;
}

/**
 * The provider counts arrivals, we count departures. A window that is longer by this much keeps its count within the
 * limit although some messages travel faster than others; for longer differences there is `delayed`.
 */
const TRAVEL_MARGIN_MS = 10;
/** One slow answer must not hold the account up for long: the message may have arrived well before it. */
const MAX_DELAYED_MS = 250;
const windowMs = 1_000 + TRAVEL_MARGIN_MS;

/**
 * How long a reservation outlives its slot. As long as it is there, a message counts as having a job: one whose job was
 * lost after the reservation was made waits for this.
 */
const RESERVATION_KEPT_MS = 15_000;

/**
 * A slot that was missed by more is lost, and its job gets a new one: after an outage, all that were due meanwhile are
 * spread again. Shorter delays only cost a turn: the last check keeps the rate.
 */
const LATE_MS = 5_000;

// The generic cell rate algorithm, for the account without a burst and for the pair with one. Times are Redis's, in
// milliseconds with fraction. A slot that is far away because of the pair leaves the account's next slot to others.
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local held = redis.call('GET', KEYS[1])
if held and held - now > -tonumber(ARGV[4]) then return tostring(held - now) end
local interval, pairInterval, pairBurst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local pairNext = math.max(tonumber(redis.call('GET', KEYS[3]) or 0), now)
local at = math.max(now, pairNext - (pairBurst - 1) * pairInterval)
local accountNext = math.max(tonumber(redis.call('GET', KEYS[2]) or 0), now)
if at <= accountNext then
  at = accountNext
  redis.call('SET', KEYS[2], string.format('%.3f', at + interval), 'PX', math.ceil(at + interval - now) + 60000)
end
redis.call('SET', KEYS[3], string.format('%.3f', pairNext + pairInterval), 'PX', math.ceil(pairNext + pairInterval - now) + 60000)
redis.call('SET', KEYS[1], string.format('%.3f', at), 'PX', math.ceil(at - now) + ${RESERVATION_KEPT_MS})
return tostring(at - now)`;

// The departures that the window still holds. Where more are in it than the limit, which was lowered then, as many
// as are too many must leave it first.
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - window)
local tooMany = redis.call('ZCARD', KEYS[2]) - limit
if tooMany >= 0 then
  local leaving = redis.call('ZRANGE', KEYS[2], tooMany, tooMany, 'WITHSCORES')
  return tostring(window - (now - leaving[2]))
end
redis.call('ZADD', KEYS[2], string.format('%.3f', now), ARGV[3])
redis.call('PEXPIRE', KEYS[2], 60000)
redis.call('DEL', KEYS[1])
return '0'`;

const DELAYED = `
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then redis.call('ZINCRBY', KEYS[1], ARGV[2], ARGV[1]) end`;

const PUSH_BACK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], string.format('%.3f', at), 'PX', math.ceil(at - now) + 60000)`;

interface SlotCommands {
  slotReserve(...args: (string | number)[]): Promise<string>;
  slotTake(...args: (string | number)[]): Promise<string>;
  slotDelayed(...args: (string | number)[]): Promise<void>;
  slotPushBack(...args: (string | number)[]): Promise<void>;
}

export function createSendSlots(redis: Redis, config: RedisConfig): SendSlots {
  redis.defineCommand("slotReserve", { numberOfKeys: 3, lua: RESERVE });
  redis.defineCommand("slotTake", { numberOfKeys: 2, lua: TAKE });
  redis.defineCommand("slotDelayed", { numberOfKeys: 1, lua: DELAYED });
  redis.defineCommand("slotPushBack", { numberOfKeys: 1, lua: PUSH_BACK });
  // `defineCommand` adds the methods at run time only.
  const commands = redis as unknown as SlotCommands;
  const key = (account: string, ...rest: string[]): string =>
    [queuePrefix(config, `slots-${account}`), ...rest].join(":");

  return {
    async reserve({ account, recipient, message }, limits) {
      const wait = await commands.slotReserve(
        key(account, "reserved", message),
        key(account, "next"),
        key(account, "pair", recipient),
        windowMs / limits.perSecond,
        limits.pairIntervalMs,
        limits.pairBurst,
        LATE_MS,
      );
      return Math.max(Number(wait), 0);
    },
    async take({ account, message, attempt }, limits) {
      const wait = await commands.slotTake(
        key(account, "reserved", message),
        key(account, "departures"),
        windowMs,
        limits.perSecond,
        `${message}:${attempt}`,
      );
      return Math.max(Number(wait), 0);
    },
    async delayed({ account, message, attempt }, byMs) {
      const extraMs = Math.min(byMs, MAX_DELAYED_MS) - TRAVEL_MARGIN_MS;
      if (extraMs > 0) await commands.slotDelayed(key(account, "departures"), `${message}:${attempt}`, extraMs);
    },
    async pushBack({ account, recipient }, delayMs, limits) {
      if (recipient === undefined) return commands.slotPushBack(key(account, "next"), delayMs);
      // A pair's burst may be taken ahead of its next slot, so that has to lie behind the pause by the whole burst.
      const burstMs = (limits.pairBurst - 1) * limits.pairIntervalMs;
      return commands.slotPushBack(key(account, "pair", recipient), delayMs + burstMs);
    },
    async reserved(slots) {
      const pipeline = redis.pipeline();
      for (const { account, message } of slots) pipeline.exists(key(account, "reserved", message));
      const answers = (await pipeline.exec()) ?? [];
      return answers.map(([error, exists]) => {
        if (error) throw error;
        return exists === 1;
      });
    },
  };
}
