import type { RouteOptions } from "fastify";
import type { RouteAccess } from "../auth/authentication.ts";

/** Of a few fields, in bytes; whoever may send them may be anybody. */
export const SMALL_BODY_BYTES = 64 * 1024;
/** Of what people write, companies keep and jobs name: a message with its template, a year's holidays, ten thousand ids. */
export const LARGE_BODY_BYTES = 1024 * 1024;

const LARGE: ReadonlySet<RouteAccess | undefined> = new Set(["bulk.run", "messages.send", "settings.change"] as const);

/** An onRoute hook: how large a body a route takes follows from who may call it, unless the route says so itself. */
export function limitBody(route: RouteOptions): void {
  route.bodyLimit ??= LARGE.has(route.config?.access) ? LARGE_BODY_BYTES : SMALL_BODY_BYTES;
}
