import { actorIdOf, type Actor } from "@parley/core/context";
import { queuePrefix } from "@parley/queue";
import { DomainError } from "@parley/runtime";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { RouteAccess } from "../auth/authentication.ts";
import { answerLimits, limitOfAddress, WAITS, type Limit, type RateLimiting } from "./rate-limiting.ts";
import type { CountedRequest } from "./request-counter.ts";

/**
 * What is counted together. Of a user or an API key, and of their company: `read`, `write` and `send`. Of an address, where
 * anybody may ask: `session` for what a secret token is needed for, `auth` for what may be guessed at or makes something.
 */
export type RateClass = "read" | "write" | "send" | "auth" | "session";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Named by a public route that a secret token is needed for; others have theirs by `rateClassOf`. */
    rateClass?: RateClass;
  }
}

const UNCOUNTED_RETRY_SECONDS = 5;

/**
 * Limits the routes of its scope, after authentication and before bodies are read. What lies outside, webhooks above all,
 * has no limit and does not need Redis. `limiting` null turns all of it off.
 */
export const rateLimits = fp(async (app, { limiting }: { limiting: RateLimiting | null }) => {
  if (!limiting) return;
  const { counter, waits = WAITS } = limiting;
  let counting = true;

  app.addHook("onRoute", (route) => {
    // A copy: routes may share the object.
    route.config = { ...route.config, rateClass: route.config?.rateClass ?? rateClassOf(route) };
  });

  app.addHook("onRequest", async (request, reply) => {
    const { rateClass } = request.routeOptions.config;
    if (request.is404 || rateClass === undefined) return;
    const limited = limitsOf(request, rateClass, limiting);
    const counted = await count(request, rateClass, limited);
    if (counted) answerLimits(reply, limited, counted);
  });

  async function count(
    request: FastifyRequest,
    rateClass: RateClass,
    limited: readonly Limit[],
  ): Promise<CountedRequest | null> {
    const isClosed = rateClass === "auth";
    try {
      const counted = await counter.count(limited, isClosed ? waits.closedMs : waits.openMs);
      if (!counting) request.log.info("requests are counted again");
      counting = true;
      return counted;
    } catch (error) {
      if (counting) request.log.warn({ err: error }, "requests cannot be counted; until they can, none is limited");
      counting = false;
      if (!isClosed) return null;
      throw new DomainError(
        "unavailable",
        "This is not possible at the moment, because requests cannot be counted; try again shortly.",
        { retryAfterSeconds: UNCOUNTED_RETRY_SECONDS, cause: error },
      );
    }
  }
});

/** Webhooks are not of these scopes. Any other public route of the API may be guessed at, unless it says otherwise. */
function rateClassOf({ method, config }: { method: string | string[]; config?: { access?: RouteAccess } }): RateClass {
  if (config?.access === "public") return "auth";
  if ([method].flat().every((each) => each === "GET" || each === "HEAD")) return "read";
  return config?.access === "messages.send" ? "send" : "write";
}

function limitsOf(request: FastifyRequest, rateClass: RateClass, limiting: RateLimiting): Limit[] {
  const { actor } = request;
  if (rateClass === "auth" || rateClass === "session") {
    return [limitOfAddress(request, rateClass, limiting)];
  }
  if (!actor) throw new Error(`${request.url} is limited by who asks, and does not ask who that is`);
  return limitsOfActor(actor, rateClass, limiting);
}

function limitsOfActor(
  actor: Actor,
  rateClass: "read" | "write" | "send",
  { limits, redis }: Pick<RateLimiting, "limits" | "redis">,
): Limit[] {
  const prefix = queuePrefix(redis, `limits-${actor.tenantId ?? "platform"}`);
  const own = { key: `${prefix}:${rateClass}:${actorIdOf(actor)}`, most: limits.user[rateClass], of: "of yours" };
  if (actor.tenantId === null) return [own];
  return [own, { key: `${prefix}:${rateClass}`, most: limits.tenant[rateClass], of: "of your company" }];
}
