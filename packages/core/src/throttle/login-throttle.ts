import { createHash } from "node:crypto";
import { askRedis, queuePrefix, type Publisher, type RedisConfig } from "@parley/queue";
import { DomainError, type Logger } from "@parley/runtime";
import { networkOf } from "./network-of.ts";
import { defineThrottleScripts } from "./throttle-scripts.ts";

/** Slows down whoever guesses passwords: by account, whether there is one or not, and by address. */
export interface LoginThrottle {
  /**
   * Lets `check` compare a password, if whoever asks has not failed too often: null is a failure, an error counts
   * as no attempt, anything else as success. The attempt is counted before it begins, so that guesses that come at
   * once are no more than guesses in turn. Refuses as `too_many_attempts`, and as `unavailable` while nothing can be counted.
   */
  attempt<T extends object>(by: Claimant, check: () => Promise<T | null>): Promise<T | null>;
  /**
   * Forgets the failures of an account, and its lock with them: whoever reads its mails has shown whose it is. What
   * addresses have failed at stays counted. Where it cannot be done, the lock ends by itself.
   */
  forgive(email: string): Promise<void>;
}

/** Somebody who says that an account is theirs. */
export interface Claimant {
  email: string;
  /** Null where it is not known; then only the account counts. */
  address: string | null;
}

export interface LoginLimits {
  /** Failures within the window after which an account is locked. */
  perAccount: number;
  /** The same of an address. */
  perAddress: number;
  /** From the first failure on, or from the end of the last lock. */
  windowMs: number;
  /** The first lock; each further failure doubles it … */
  lockMs: number;
  /** … up to this. */
  longestLockMs: number;
}

const MINUTE_MS = 60_000;

export const LOGIN_LIMITS: LoginLimits = {
  perAccount: 5,
  perAddress: 50,
  windowMs: 15 * MINUTE_MS,
  lockMs: MINUTE_MS / 2,
  longestLockMs: 15 * MINUTE_MS,
};

/** Longer than the wait for a request's answer, so that nobody is still hashing. */
const PENDING_MS = 40_000;
/** A hash takes a fifth of a second. */
const BUSY_MS = 1_000;
/** Nobody is let in uncounted, so this wait is longer than others; the hash that follows takes as long. */
const WAIT_MS = 1_000;
const UNCOUNTED_RETRY_SECONDS = 5;

type Outcome = "succeeded" | "failed" | "abandoned";

/** Counts in Redis, for all processes. E-mails and addresses stand there as hashes only. */
export function createLoginThrottle(options: {
  redis: Publisher["redis"];
  config: RedisConfig;
  logger: Logger;
  limits?: LoginLimits;
}): LoginThrottle {
  const { redis, config, logger, limits = LOGIN_LIMITS } = options;
  const scripts = defineThrottleScripts(redis);
  const prefix = queuePrefix(config, "login");

  const accountKey = (email: string): string => `${prefix}:account:${hash(email.toLowerCase())}`;

  function countedAs({ email, address }: Claimant): { keys: string[]; most: number[] } {
    const account = accountKey(email);
    if (address === null) return { keys: [account], most: [limits.perAccount] };
    const network = `${prefix}:address:${hash(networkOf(address))}`;
    return { keys: [account, network], most: [limits.perAccount, limits.perAddress] };
  }

  async function begin(by: Claimant): Promise<void> {
    const { keys, most } = countedAs(by);
    const waitMs = await askRedis(redis, WAIT_MS, () =>
      scripts.throttleBegin(keys.length, ...keys, PENDING_MS, BUSY_MS, ...most),
    ).catch((cause: unknown) => {
      throw uncounted(cause);
    });
    if (waitMs > 0) throw tooManyAttempts(Math.ceil(waitMs / 1_000));
  }

  async function end(by: Claimant, outcome: Outcome): Promise<void> {
    const { keys, most } = countedAs(by);
    const { windowMs, lockMs, longestLockMs } = limits;
    try {
      await askRedis(redis, WAIT_MS, () =>
        scripts.throttleEnd(keys.length, ...keys, outcome, windowMs, lockMs, longestLockMs, ...most),
      );
    } catch (error) {
      // It counts as pending for a while yet, and the next attempt is let in by a Redis that counts, or not at all.
      logger.warn({ err: error, outcome }, "the outcome of a sign-in could not be counted");
    }
  }

  return {
    async attempt(by, check) {
      await begin(by);
      let outcome: Outcome = "abandoned";
      try {
        const found = await check();
        outcome = found === null ? "failed" : "succeeded";
        return found;
      } finally {
        await end(by, outcome);
      }
    },
    async forgive(email) {
      try {
        await askRedis(redis, WAIT_MS, () => scripts.throttleForgive(1, accountKey(email)));
      } catch (error) {
        logger.warn({ err: error }, "the failed attempts of an account could not be forgotten");
      }
    },
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

function tooManyAttempts(retryAfterSeconds: number): DomainError {
  return new DomainError(
    "too_many_attempts",
    `Too many attempts to sign in have failed; try again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}

function uncounted(cause: unknown): DomainError {
  return new DomainError(
    "unavailable",
    "Passwords cannot be checked at the moment, because attempts cannot be counted; try again shortly.",
    { retryAfterSeconds: UNCOUNTED_RETRY_SECONDS, cause },
  );
}
