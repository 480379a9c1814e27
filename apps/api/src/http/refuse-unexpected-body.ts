import { DomainError } from "@parley/runtime";
import type { FastifyRequest, RouteOptions } from "fastify";

/**
 * An onRoute hook: a route that says nothing of its body has none, and what is sent is refused, once it is known that the
 * caller may call. An empty object says nothing, and many clients send one. Fastify reads no body of GET and HEAD.
 */
export function refuseUnexpectedBody(route: RouteOptions): void {
  if (route.schema?.body !== undefined) return;
  route.preValidation = [...[route.preValidation ?? []].flat(), refuseBody];
}

function refuseBody({ body }: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  if (body === undefined || isEmptyObject(body)) return done();
  done(new DomainError("validation_failed", "This takes no body; send the request without one."));
}

function isEmptyObject(body: unknown): boolean {
  return typeof body === "object" && body !== null && !Array.isArray(body) && Object.keys(body).length === 0;
}
