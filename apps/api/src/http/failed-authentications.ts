import type { Actor } from "@parley/core/context";
import { DomainError, type Clock } from "@parley/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import { answerLimits, limitOfAddress, WAITS, type Limit, type RateLimiting } from "./rate-limiting.ts";

/** Who asks, if the address that the request comes from has not tried out too many tokens and keys. */
export type GuardedAuthentication = (
  request: FastifyRequest,
  reply: FastifyReply,
  authenticate: () => Promise<Actor>,
) => Promise<Actor>;

/** A megabyte or two; who is not remembered is looked up once more. */
const MOST_REMEMBERED = 10_000;

/**
 * Limits by address what is refused as `unauthenticated`. Only failures count, and only such as presented something. Once
 * there are too many of them, they are `rate_limited` instead. What is good is let in whoever else comes from the same
 * address: behind one proxy that may be everybody. Whoever comes without credentials costs nothing and is not counted. Open
 * while Redis is away.
 */
export function guardAuthentication(limiting: RateLimiting | null, clock: Clock): GuardedAuthentication {
  if (!limiting) return (_request, _reply, authenticate) => authenticate();
  const { counter, waits = WAITS } = limiting;
  /** Until when an address is over its limit, by the limit's key. Until then its failures do not ask Redis either. */
  const exhausted = new Map<string, number>();

  function refuseExhausted(reply: FastifyReply, limit: Limit): void {
    const resetMs = (exhausted.get(limit.key) ?? 0) - clock.now().getTime();
    if (resetMs > 0) {
      answerLimits(reply, [limit], { refused: true, counts: [{ most: limit.most, remaining: 0, resetMs }] });
    }
    exhausted.delete(limit.key);
  }

  function remember(limit: Limit, resetMs: number): void {
    // A map keeps the order of insertion, so the first is the oldest.
    const [oldest] = exhausted.keys();
    if (oldest !== undefined && exhausted.size >= MOST_REMEMBERED) exhausted.delete(oldest);
    exhausted.set(limit.key, clock.now().getTime() + resetMs);
  }

  async function countFailure(request: FastifyRequest, reply: FastifyReply, limit: Limit): Promise<void> {
    const counted = await counter.count([limit], waits.openMs).catch((error: unknown) => {
      request.log.debug({ err: error }, "a failed authentication could not be counted");
      return null;
    });
    if (!counted) return;
    if (counted.refused) remember(limit, counted.counts[0]?.resetMs ?? 0);
    answerLimits(reply, [limit], counted);
  }

  return async (request, reply, authenticate) => {
    const limit = limitOfAddress(request, "refused", limiting);
    try {
      return await authenticate();
    } catch (error) {
      if (!isRefusal(error) || !presentsSomething(request)) throw error;
      refuseExhausted(reply, limit);
      await countFailure(request, reply, limit);
      throw error;
    }
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof DomainError && error.code === "unauthenticated";
}

function presentsSomething({ headers }: FastifyRequest): boolean {
  return headers["x-api-key"] !== undefined || headers.authorization !== undefined;
}
