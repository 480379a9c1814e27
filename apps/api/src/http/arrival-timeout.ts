import type { FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** How long a whole request may take to arrive; 30 s unless given. */
    arrivalTimeoutMs?: number;
  }
}

/** For a whole request to arrive; a slow one must not hold a socket for ever. */
export const ARRIVAL_TIMEOUT_MS = 30_000;

/**
 * An onRequest hook. The server has one time for all requests, the longest that any route allows; this closes the
 * connection of others sooner.
 */
export function limitArrival(
  { raw, headers, routeOptions }: FastifyRequest,
  _reply: FastifyReply,
  done: () => void,
): void {
  const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  if (hasBody && !raw.complete) {
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, routeOptions.config.arrivalTimeoutMs ?? ARRIVAL_TIMEOUT_MS);
    timer.unref();
    raw.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
  }
  done();
}
