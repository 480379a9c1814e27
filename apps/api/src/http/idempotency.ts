import type { IdempotencyClaim } from "@parley/core/context";
import { claimKey } from "@parley/core/idempotency";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What a POST asks for under its `Idempotency-Key`; the verb that it calls makes it happen once. */
export function readIdempotencyClaim(request: FastifyRequest): IdempotencyClaim | undefined {
  const key = request.headers["idempotency-key"];
  if (request.method !== "POST" || typeof key !== "string") return undefined;
  return claimKey(key, { method: request.method, path: request.url, body: request.body });
}

/** An onSend hook: says of an answer that it was given before. A refusal never was: it leaves no key. */
export function markReplay(request: FastifyRequest, reply: FastifyReply, _payload: unknown, done: () => void): void {
  if (request.idempotency?.replayed && reply.statusCode < 400) void reply.header("idempotency-replayed", "true");
  done();
}
