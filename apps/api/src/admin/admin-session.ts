import cookie from "@fastify/cookie";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ADMIN_TOKEN_SECONDS } from "../auth/tokens.ts";
import { sendProblem } from "../http/error-handler.ts";

/**
 * The dashboard's own sign-in: a short-lived token in a cookie that no script and no other site can use. Its hooks
 * answer instead of throwing, because the dashboard has an error handler of its own.
 */
export interface AdminSession {
  start(reply: FastifyReply, userId: string): void;
  end(reply: FastifyReply): void;
  /** An onRequest hook: lets administrators in, and shows others the door. */
  guard(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>;
}

const COOKIE = "parley_admin";
const LOGIN_PATH = "/admin/login";
const adminClaims = z.object({ sub: z.uuid() });

export async function createAdminSession(
  app: FastifyInstance,
  options: { secret: string; secure: boolean },
): Promise<AdminSession> {
  await app.register(cookie, { secret: options.secret });
  const attributes = { path: "/admin", httpOnly: true, sameSite: "strict", secure: options.secure } as const;

  function isSignedIn(request: FastifyRequest): boolean {
    const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? "");
    if (!valid) return false;
    try {
      return adminClaims.safeParse(app.jwt.admin.verify(value)).success;
    } catch {
      return false;
    }
  }

  return {
    start(reply, userId) {
      const token = app.jwt.admin.sign({ sub: userId });
      void reply.setCookie(COOKIE, token, { ...attributes, signed: true, maxAge: ADMIN_TOKEN_SECONDS });
    },
    end(reply) {
      void reply.clearCookie(COOKIE, attributes);
    },
    async guard(request, reply) {
      void reply.header("cache-control", "no-store");
      if (isSignedIn(request)) return undefined;
      if (request.method === "GET" && request.headers.accept?.includes("text/html")) {
        return reply.redirect(LOGIN_PATH, 303);
      }
      return sendProblem(request, reply, { code: "unauthenticated", detail: `Sign in at ${LOGIN_PATH} first.` });
    },
  };
}

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
