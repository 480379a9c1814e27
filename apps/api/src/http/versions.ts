import { DomainError } from "@parley/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route answers with has a version: it is sent as `ETag`, and a change may demand it by `If-Match`. */
    versioned?: boolean;
  }
}

const ETAG = /^(?:W\/)?"(\d{1,9})"$/;

/** The version that the request's `If-Match` demands; undefined when it demands none. */
export function expectedVersion(request: FastifyRequest): number | undefined {
  const header = request.headers["if-match"];
  if (header === undefined || header === "*") return undefined;
  const version = ETAG.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  const message = 'must be the ETag of an answer, such as "3"';
  throw new DomainError("validation_failed", `If-Match ${message}.`, { fields: [{ path: "If-Match", message }] });
}

/** The envelope of something that has a version, which goes along as `ETag`. */
export function sendVersioned<Data extends { version: number }>(reply: FastifyReply, data: Data): { data: Data } {
  void reply.header("etag", `"${data.version}"`);
  return { data };
}
