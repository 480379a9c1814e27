import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * One line for each finished request of this scope. The path only: queries hold names and tokens, bodies anything.
 * At a level that is not written nothing is added to the requests at all.
 */
export function logRequests(app: FastifyInstance, level: "info" | "debug"): void {
  if ("isLevelEnabled" in app.log && typeof app.log.isLevelEnabled === "function" && !app.log.isLevelEnabled(level))
    return;
  app.addHook("onResponse", (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    request.log[level](
      {
        method: request.method,
        path: request.url.split("?", 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      "request",
    );
    done();
  });
}
