import { networkOf } from "@parley/core/throttle";
import { queuePrefix, type RedisConfig } from "@parley/queue";
import { DomainError } from "@parley/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { RateLimits } from "./rate-limit-config.ts";
import type { CountedRequest, RequestCount, RequestCounter, RequestLimit } from "./request-counter.ts";

/** How a server limits requests: how many, where they are counted, and how long it waits to know. */
export interface RateLimiting {
  limits: RateLimits;
  counter: RequestCounter;
  redis: RedisConfig;
  waits?: RateWaits;
}

interface RateWaits {
  /** For what is open while nothing can be counted: everything but `auth`. */
  openMs: number;
  /** For `auth`, which is closed then, so that nobody guesses or registers unlimited. */
  closedMs: number;
}

export const WAITS: RateWaits = { openMs: 250, closedMs: 1_000 };

export interface Limit extends RequestLimit {
  /** Whose it is, for people. */
  of: string;
}

/** The limit of the address that a request comes from. */
export function limitOfAddress(
  request: FastifyRequest,
  what: Exclude<keyof RateLimits["address"], "register">,
  { limits, redis }: Pick<RateLimiting, "limits" | "redis">,
): Limit {
  const key = `${queuePrefix(redis, `limits-${networkOf(request.ip)}`)}:${what}`;
  const of = what === "refused" ? "from your address with credentials that are not valid" : "from your address";
  return { key, most: limits.address[what], of };
}

/** Tells where the request stands with the limit that binds it most, and refuses it if that is exhausted. */
export function answerLimits(
  reply: FastifyReply,
  limited: readonly Limit[],
  { refused, counts }: CountedRequest,
): void {
  const [tightest] = limited
    .flatMap(({ of }, index) => ({ of, ...counts[index] }) as RequestCount & { of: string })
    .toSorted((one, other) => one.remaining - other.remaining || other.resetMs - one.resetMs);
  if (!tightest) return;
  const seconds = Math.ceil(tightest.resetMs / 1_000);
  void reply.headers({
    "ratelimit-limit": tightest.most,
    "ratelimit-remaining": tightest.remaining,
    "ratelimit-reset": seconds,
  });
  if (!refused) return;
  const { most, of } = tightest;
  throw new DomainError("rate_limited", `More than ${most} requests a minute ${of}; try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  });
}
