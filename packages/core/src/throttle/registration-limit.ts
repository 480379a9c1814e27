import { createHash } from "node:crypto";
import { askRedis, queuePrefix, type Publisher, type RedisConfig } from "@parley/queue";
import { DomainError } from "@parley/runtime";
import { networkOf } from "./network-of.ts";

/** Keeps one address from making companies without end: each costs a hash, and says whether somebody has an account. */
export interface RegistrationLimit {
  /**
   * Counts a registration from `address`, whatever becomes of it. Refuses as `rate_limited` one too many, and as
   * `unavailable` while nothing can be counted. An address that is not known is not counted.
   */
  count(address: string | null): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** Of those in an hour, this part may come at once. */
const AT_ONCE = 1 / 6;
/** Nobody registers uncounted, so this wait is longer than others; the hash that follows takes as long. */
const WAIT_MS = 1_000;
const UNCOUNTED_RETRY_SECONDS = 5;

// The generic cell rate algorithm, by Redis's clock, in milliseconds: a key holds when the address has nothing left of
// what it was given. Refused registrations count for nothing.
const COUNT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gap, atOnce = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = due - now - gap * (atOnce - 1)
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%d', due + gap), 'PX', due + gap - now)
return 0`;

interface CountScript {
  /** The number of keys, which is one, the key, the milliseconds between two, and how many may come at once. */
  countRegistration(...args: (string | number)[]): Promise<number>;
}

/** Counts in Redis, for all processes; addresses stand there as hashes. `perHour` null: registrations are not limited. */
export function createRegistrationLimit(options: {
  redis: Publisher["redis"];
  config: RedisConfig;
  perHour: number | null;
}): RegistrationLimit {
  const { redis, config, perHour } = options;
  if (perHour === null) return { count: async () => undefined };
  const gapMs = Math.max(Math.floor(HOUR_MS / perHour), 1);
  const atOnce = Math.max(Math.floor(perHour * AT_ONCE), 1);
  redis.defineCommand("countRegistration", { lua: COUNT });
  // `defineCommand` adds the method at run time only.
  const scripts = redis as unknown as CountScript;
  const prefix = queuePrefix(config, "registrations");

  return {
    async count(address) {
      if (address === null) return;
      const key = `${prefix}:${createHash("sha256").update(networkOf(address)).digest("base64url")}`;
      const waitMs = await askRedis(redis, WAIT_MS, () => scripts.countRegistration(1, key, gapMs, atOnce)).catch(
        (cause: unknown) => {
          throw uncounted(cause);
        },
      );
      if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1_000));
    },
  };
}

function tooMany(retryAfterSeconds: number): DomainError {
  return new DomainError(
    "rate_limited",
    `Too many companies were registered from your address; try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}

function uncounted(cause: unknown): DomainError {
  return new DomainError(
    "unavailable",
    "Nobody can register at the moment, because registrations cannot be counted; try again shortly.",
    { retryAfterSeconds: UNCOUNTED_RETRY_SECONDS, cause },
  );
}
