import { createHmac } from "node:crypto";
import cookie from "@fastify/cookie";
import { auditQueueBoard } from "@parley/core/audit";
import { accessClaims, ADMIN_TOKEN_SECONDS, logout, type AccessClaims } from "@parley/core/auth";
import { DomainError } from "@parley/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ApiContext } from "../context.ts";
import { sendProblem } from "../http/error-handler.ts";
import { originOf } from "../http/request-origin.ts";

/**
 * The dashboard's own sign-in: a short-lived token in a cookie that no script and no other site can use. Its hooks
 * answer instead of throwing, because the dashboard has an error handler of its own.
 */
export interface AdminSession {
  start(reply: FastifyReply, claims: AccessClaims): void;
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** An onRequest hook: lets administrators in, and shows others the door. */
  guard(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The administrator who is signed in to the dashboard; null elsewhere. */
    adminId: string | null;
  }
}

const COOKIE = "parley_admin";
const LOGIN_PATH = "/admin/login";

export async function createAdminSession(app: FastifyInstance, api: ApiContext): Promise<AdminSession> {
  await app.register(cookie, { secret: cookieSecret(api.jwtSecret) });
  app.decorateRequest("adminId", null);
  const attributes = { path: "/admin", httpOnly: true, sameSite: "strict", secure: api.secureCookies } as const;

  function readClaims(request: FastifyRequest): AccessClaims | undefined {
    const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? "");
    if (!valid) return undefined;
    try {
      return accessClaims.safeParse(app.jwt.admin.verify(value)).data;
    } catch {
      return undefined;
    }
  }

  async function identify(request: FastifyRequest): Promise<string | null> {
    const claims = readClaims(request);
    if (!claims) return null;
    try {
      return (await api.identification.identify(claims)).isSuperAdmin ? claims.sub : null;
    } catch (error) {
      if (error instanceof DomainError && error.code === "unauthenticated") return null;
      throw error;
    }
  }

  return {
    start(reply, claims) {
      const token = app.jwt.admin.sign(claims);
      void reply.setCookie(COOKIE, token, { ...attributes, signed: true, maxAge: ADMIN_TOKEN_SECONDS });
    },
    async end(request, reply) {
      const claims = readClaims(request);
      if (claims) await logout(api.system, { sessionId: claims.sid });
      void reply.clearCookie(COOKIE, attributes);
    },
    async guard(request, reply) {
      void reply.header("cache-control", "no-store");
      try {
        request.adminId = await identify(request);
        if (request.adminId !== null) return undefined;
      } catch (error) {
        request.log.error({ err: error }, "an administrator could not be identified");
        return sendProblem(request, reply, { code: "unavailable", detail: "Who you are cannot be looked up now." });
      }
      if (request.method === "GET" && request.headers.accept?.includes("text/html")) {
        return reply.redirect(LOGIN_PATH, 303);
      }
      return sendProblem(request, reply, { code: "unauthenticated", detail: `Sign in at ${LOGIN_PATH} first.` });
    },
  };
}

/** Of its own, so that nothing that is signed as a token is ever good as a cookie, nor the other way round. */
export function cookieSecret(jwtSecret: string): string {
  return createHmac("sha256", jwtSecret).update("parley admin cookie").digest("base64url");
}

/**
 * A preHandler hook: whatever changes a queue is written into the platform's audit log first, and is not done when that
 * fails.
 */
export function auditBoard({ system }: Pick<ApiContext, "system">, boardPath: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const { adminId, method, params } = request;
    if (SAFE_METHODS.has(method) || adminId === null) return undefined;
    const { data: queue = null } = queueParam.safeParse(params);
    const path = request.url.split("?", 1)[0]?.slice(boardPath.length);
    const actor = { type: "user", userId: adminId } as const;
    const ctx = { ...system, actor, origin: originOf(request), requestId: request.id };
    try {
      await auditQueueBoard(ctx, { queue, request: `${method} ${path}` });
      return undefined;
    } catch (error) {
      request.log.error({ err: error }, "the use of the dashboard could not be written down");
      return sendProblem(request, reply, {
        code: "unavailable",
        detail: "Nothing was done: it cannot be recorded now.",
      });
    }
  };
}

const queueParam = z.object({ queueName: z.string() }).transform(({ queueName }) => queueName);

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * An onRequest hook: refuses what another site makes a browser send. Browsers name the origin of every request
 * that changes something; programs name none, and hold no cookie that was not given to them.
 */
export async function refuseCrossSite(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (SAFE_METHODS.has(request.method)) return undefined;
  const { origin } = request.headers;
  const foreign = origin === undefined ? isCrossSite(request) : hostOf(origin) !== request.host;
  if (!foreign) return undefined;
  return sendProblem(request, reply, { code: "forbidden", detail: "Requests from other sites are not accepted here." });
}

function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
