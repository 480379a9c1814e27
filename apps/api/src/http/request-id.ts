import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";

const SANE = /^[\w.-]{1,100}$/;

/** The caller's `X-Request-Id` if it is fit for a log line, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && SANE.test(given) ? given : randomUUID();
}

/** An onRequest hook: the id goes back with every answer, whatever comes of the request. */
export function echoRequestId(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  void reply.header("x-request-id", request.id);
  done();
}
