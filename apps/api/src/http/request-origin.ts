import type { RequestOrigin } from "@parley/core/context";
import type { FastifyRequest } from "fastify";

const USER_AGENT_LENGTH = 300;

export function originOf(request: FastifyRequest): RequestOrigin {
  return { address: request.ip, userAgent: request.headers["user-agent"]?.slice(0, USER_AGENT_LENGTH) ?? null };
}
