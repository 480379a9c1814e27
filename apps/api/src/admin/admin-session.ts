import cookie from "@fastify/cookie";
import { accessClaims, logout, type AccessClaims } from "@parley/core/auth";
import { DomainError } from "@parley/runtime";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ADMIN_TOKEN_SECONDS } from "../auth/tokens.ts";
import type { ApiContext } from "../context.ts";
import { sendProblem } from "../http/error-handler.ts";

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

const COOKIE = "parley_admin";
const LOGIN_PATH = "/admin/login";

export async function createAdminSession(app: FastifyInstance, api: ApiContext): Promise<AdminSession> {
  await app.register(cookie, { secret: api.jwtSecret });
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

  async function isSignedIn(request: FastifyRequest): Promise<boolean> {
    const claims = readClaims(request);
    if (!claims) return false;
    try {
      return (await api.identification.identify(claims)).isSuperAdmin;
    } catch (error) {
      if (error instanceof DomainError && error.code === "unauthenticated") return false;
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
        if (await isSignedIn(request)) return undefined;
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
