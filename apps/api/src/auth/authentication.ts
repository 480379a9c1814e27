import { identifyApiKey, letsOthersIn } from "@parley/core/api-keys";
import { accessClaims, type AccessClaims, type AuthContext } from "@parley/core/auth";
import type { Action, Actor, IdempotencyClaim, RequestContext } from "@parley/core/context";
import type { PaymentContext, PrinterContext } from "@parley/core/invoices";
import type { ModelContext } from "@parley/core/language-models";
import type { PresenceContext } from "@parley/core/presence";
import { DomainError, type Logger } from "@parley/runtime";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { ApiContext } from "../context.ts";
import { guardAuthentication } from "../http/failed-authentications.ts";
import { readIdempotencyClaim } from "../http/idempotency.ts";
import { originOf } from "../http/request-origin.ts";

/**
 * An action of the permission table; the platform's administrators; anybody who is signed in, which an API key is not;
 * or anybody.
 */
export type RouteAccess = Action | "super_admin" | "signed_in" | "public";

/** What this process has one of. */
type Shared = Pick<PresenceContext, "presence"> & Pick<ModelContext, "models"> & PaymentContext & PrinterContext;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call the route. Every route of the API names it. */
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Who is asking; null on public routes. */
    actor: Actor | null;
    /** The session that the access token belongs to; null for an API key. */
    sessionId: string | null;
    /** Set with the context when the client sent an Idempotency-Key. */
    idempotency: IdempotencyClaim | undefined;
    /** What the access token says. Demands one that is ours and of these minutes, and does not ask whether its session goes on. */
    accessClaims(): AccessClaims;
    /** Demands and checks the access token or the API key. Done first of all for every route that is not public. */
    authenticate(): Promise<Actor>;
    /** What a verb is given. Refuses a request without an actor. */
    requestContext(): RequestContext & AuthContext & PresenceContext & ModelContext & PaymentContext & PrinterContext;
    /** What a verb is given that somebody calls who need not be signed in. */
    authContext(): AuthContext & Shared;
  }
}

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Authenticates whoever calls a route of its scope that is not public. `permission` asks whether they may. */
export const authentication = fp(async (app, options: { api: ApiContext }) => {
  const { system, identification, limiting } = options.api;
  const guard = guardAuthentication(limiting, system.clock);
  app.decorateRequest("actor", null);
  app.decorateRequest("sessionId", null);
  app.decorateRequest("idempotency", undefined);

  app.decorateRequest("authenticate", async function authenticate(this: FastifyRequest): Promise<Actor> {
    this.actor = await identify(this);
    return this.actor;
  });

  app.decorateRequest("requestContext", function requestContext(this: FastifyRequest): RequestContext &
    AuthContext &
    PresenceContext &
    ModelContext &
    PaymentContext &
    PrinterContext {
    if (!this.actor) throw unauthenticated();
    return { ...this.authContext(), actor: this.actor, requestId: this.id };
  });

  app.decorateRequest("authContext", function authContext(this: FastifyRequest): AuthContext & Shared {
    this.idempotency ??= readIdempotencyClaim(this);
    return { ...contextOf(this), idempotency: this.idempotency };
  });

  app.decorateRequest("accessClaims", function (this: FastifyRequest): AccessClaims {
    return readClaims(this);
  });

  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`${String(method)} ${url} does not say who may call it`);
  });

  app.addHook("onRequest", async (request, reply) => {
    if (request.is404 || request.routeOptions.config.access === "public") return;
    await guard(request, reply, () => request.authenticate());
  });

  /** What is there before the body is, and so before it is known what is asked for. */
  function contextOf(request: FastifyRequest): Omit<AuthContext, "idempotency"> & Shared {
    // Fastify's type for the logger that we gave it is narrower than the logger.
    return { ...system, logger: request.log as Logger, origin: originOf(request), requestId: request.id };
  }

  /** By the API key if there is one, else by the access token. Both would leave open who is asking. */
  async function identify(request: FastifyRequest): Promise<Actor> {
    const key = request.headers["x-api-key"];
    if (key === undefined) {
      const claims = readClaims(request);
      const { access } = request.routeOptions.config;
      const actor = await identification.identify(claims, { anew: access !== undefined && letsOthersIn(access) });
      request.sessionId = claims.sid;
      return actor;
    }
    if (request.headers.authorization !== undefined) {
      throw new DomainError("unauthenticated", "Send either Authorization or X-Api-Key, not both.");
    }
    return identifyApiKey(contextOf(request), String(key));
  }

  function readClaims(request: FastifyRequest): AccessClaims {
    const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) throw unauthenticated();
    try {
      return accessClaims.parse(app.jwt.access.verify(token));
    } catch {
      throw unauthenticated();
    }
  }
});

function unauthenticated(): DomainError {
  return new DomainError("unauthenticated", "Send a valid access token or API key: sign in, or refresh the session.");
}
