import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import formbody from "@fastify/formbody";
import { adminSignInInput, signInAdmin, type AdminSignInInput } from "@parley/core/auth";
import { DomainError } from "@parley/runtime";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { auditBoard, createAdminSession, refuseCrossSite } from "../admin/admin-session.ts";
import { renderLoginPage } from "../admin/login-page.ts";
import type { ApiContext } from "../context.ts";
import { toProblemJson } from "../http/problem.ts";
import { originOf } from "../http/request-origin.ts";
import { securityHeaders } from "../http/security-headers.ts";
import { toProblem } from "../http/to-problem.ts";

const BOARD_PATH = "/admin/queues";

const schema = { hide: true };

/**
 * Bull Board for SUPER_ADMINs. They may retry, remove and promote jobs: a job holds ids only, and what it stands for
 * is in the database, so nothing that is done here can lose a message. What they do is in the platform's audit log.
 */
export const adminQueueRoutes: FastifyPluginAsync<{ api: ApiContext }> = async (app, { api }) => {
  const session = await createAdminSession(app, api);
  await app.register(securityHeaders, { policy: "page" });
  await app.register(formbody);
  app.addHook("onRequest", refuseCrossSite);

  const signIn = (request: FastifyRequest, input: AdminSignInInput) =>
    signInAdmin({ ...api.system, origin: originOf(request), requestId: request.id }, input);

  app.get("/admin/login", { schema }, (_request, reply) => sendPage(reply, renderLoginPage()));

  app.post("/admin/login", { schema }, async (request, reply) => {
    const refused = (status: number, message: string) => sendPage(reply.code(status), renderLoginPage(message));
    const input = adminSignInInput.safeParse(request.body);
    if (!input.success) return refused(400, "Enter e-mail and password.");
    try {
      session.start(reply, await signIn(request, input.data));
      return await reply.redirect(BOARD_PATH, 303);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status } = toProblemJson(toProblem(error), request.id);
      if (error.retryAfterSeconds !== undefined) void reply.header("retry-after", error.retryAfterSeconds);
      const isWrong = error.code === "invalid_credentials";
      return refused(status, isWrong ? "E-mail or password is wrong, or not an administrator's." : error.message);
    }
  });

  app.post("/admin/logout", { schema }, async (request, reply) => {
    await session.end(request, reply);
    return reply.redirect("/admin/login", 303);
  });

  await app.register(async (board) => {
    board.addHook("onRequest", (request, reply) => session.guard(request, reply));
    board.addHook("preHandler", auditBoard(api, BOARD_PATH));
    const adapter = new FastifyAdapter();
    createBullBoard({
      queues: api.publisher.queues().map((queue) => new BullMQAdapter(queue)),
      serverAdapter: adapter,
      options: { uiConfig: { boardTitle: "Parley queues" } },
    });
    adapter.setBasePath(BOARD_PATH);
    await board.register(adapter.registerPlugin(), { prefix: BOARD_PATH });
  });
};

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").header("cache-control", "no-store").send(page);
}
