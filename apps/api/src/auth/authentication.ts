import { identifyApiKey } from "@parley/core/api-keys";
import { accessClaims, enterTenant, type AccessClaims, type AuthContext } from "@parley/core/auth";
import {
  assertAllowed,
  assertSuperAdmin,
  assertUser,
  type Action,
  type Actor,
  type IdempotencyClaim,
  type RequestContext,
} from "@parley/core/context";
import { DomainError, type Logger } from "@parley/runtime";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { z } from "zod";
import type { ApiContext } from "../context.ts";
import { readIdempotencyClaim } from "../http/idempotency.ts";
import { originOf } from "../http/request-origin.ts";

/**
 * An action of the permission table; the platform's administrators; anybody who is signed in, which an API key is not;
 * or anybody.
 */
export type RouteAccess = Action | "super_admin" | "signed_in" | "public";

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
    /** Set by requestContext when the client sent an Idempotency-Key. */
    idempotency: IdempotencyClaim | undefined;
    /** Demands and checks the access token or the API key. Done first of all for every route that is not public. */
    authenticate(): Promise<Actor>;
    /** What a verb is given. Refuses a request without an actor. */
    requestContext(): RequestContext & AuthContext;
    /** What a verb is given that somebody calls who need not be signed in. */
    authContext(): AuthContext;
  }
}

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Authenticates every route of its scope that is not public, and refuses whoever may not call it. */
export const authentication = fp(async (app, options: { api: ApiContext }) => {
  const { system, identification } = options.api;
  app.decorateRequest("actor", null);
  app.decorateRequest("sessionId", null);
  app.decorateRequest("idempotency", undefined);

  app.decorateRequest("authenticate", async function authenticate(this: FastifyRequest): Promise<Actor> {
    const tenantId = this.headers["x-tenant-id"];
    const actor = await identify(this);
    this.actor = tenantId === undefined ? actor : await enterTenant(system, { actor, tenantId: uuidOf(tenantId) });
    return this.actor;
  });

  app.decorateRequest("requestContext", function requestContext(this: FastifyRequest): RequestContext & AuthContext {
    if (!this.actor) throw unauthenticated();
    this.idempotency ??= readIdempotencyClaim(this);
    return { ...this.authContext(), actor: this.actor, requestId: this.id, idempotency: this.idempotency };
  });

  app.decorateRequest("authContext", function authContext(this: FastifyRequest): AuthContext {
    // Fastify's type for the logger that we gave it is narrower than the logger.
    return { ...system, logger: this.log as Logger, origin: originOf(this), requestId: this.id };
  });

  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access === undefined) throw new Error(`${String(method)} ${url} does not say who may call it`);
  });

  app.addHook("onRequest", async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === "public") return;
    const actor = await request.authenticate();
    if (access === "super_admin") assertSuperAdmin(actor);
    else if (access === "signed_in") assertUser(actor);
    else if (access !== undefined) assertAllowed(actor, access);
  });

  /** By the API key if there is one, else by the access token. Both would leave open who is asking. */
  async function identify(request: FastifyRequest): Promise<Actor> {
    const key = request.headers["x-api-key"];
    if (key === undefined) {
      const claims = readClaims(request);
      const actor = await identification.identify(claims);
      request.sessionId = claims.sid;
      return actor;
    }
    if (request.headers.authorization !== undefined) {
      throw new DomainError("unauthenticated", "Send either Authorization or X-Api-Key, not both.");
    }
    return identifyApiKey(request.authContext(), String(key));
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

/** What is not a uuid is no tenant's id. */
function uuidOf(header: string | string[]): string {
  const parsed = z.uuid().safeParse(header);
  if (!parsed.success) throw new DomainError("not_found", "There is no company with the id in X-Tenant-Id.");
  return parsed.data;
}
