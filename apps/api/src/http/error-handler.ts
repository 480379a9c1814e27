import type { FastifyReply, FastifyRequest } from "fastify";
import { toProblemJson, type Problem } from "./problem.ts";
import { toProblem } from "./to-problem.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** The one place in which whatever was thrown becomes an answer. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error);
  if (problem.code === "internal_error") request.log.error({ err: error }, "request failed");
  else if (problem.code === "unavailable") request.log.warn({ err: error }, "request could not be served");
  if (problem.code === "unauthenticated") void reply.header("www-authenticate", "Bearer");
  return sendProblem(request, reply, problem);
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(request, reply, {
    code: "not_found",
    detail: "There is nothing at this address; see /docs for what there is.",
  });
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  const body = toProblemJson(problem, request.id);
  if (problem.retryAfterSeconds !== undefined) void reply.header("retry-after", problem.retryAfterSeconds);
  // A string, so that no route's own schema for this status is applied to it.
  return reply.code(body.status).type(PROBLEM_TYPE).send(JSON.stringify(body));
}
