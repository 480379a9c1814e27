import { accessClaims, actorOf, enterTenant, type AccessClaims } from "@parley/core/auth";
import type { Actor, IdempotencyClaim, RequestContext } from "@parley/core/context";
import { DomainError, type Logger } from "@parley/runtime";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { z } from "zod";
import type { ApiContext } from "../context.ts";
import { readIdempotencyClaim } from "../http/idempotency.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no access token. */
    public?: boolean;
  }
  interface FastifyRequest {
    /** Who is asking; null on public routes. */
    actor: Actor | null;
    /** The session that the access token belongs to. */
    sessionId: string | null;
    /** Set by requestContext when the client sent an Idempotency-Key. */
    idempotency: IdempotencyClaim | undefined;
    /** Demands and checks the access token. Done before the handler of every route that is not public. */
    authenticate(): Promise<Actor>;
    /** What a verb is given. Refuses a request without an actor. */
    requestContext(): RequestContext;
  }
}

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * Authenticates every route of its scope that is not public. Role and membership are those in the token: reading
 * them for each request would double its cost, and a token lives for minutes only.
 */
export const authentication = fp(async (app, options: { api: ApiContext }) => {
  const { system } = options.api;
  app.decorateRequest("actor", null);
  app.decorateRequest("sessionId", null);
  app.decorateRequest("idempotency", undefined);

  app.decorateRequest("authenticate", async function authenticate(this: FastifyRequest): Promise<Actor> {
    const claims = readClaims(this);
    const tenantId = this.headers["x-tenant-id"];
    const actor = actorOf(claims);
    this.sessionId = claims.sid;
    this.actor = tenantId === undefined ? actor : await enterTenant(system, { actor, tenantId: uuidOf(tenantId) });
    return this.actor;
  });

  app.decorateRequest("requestContext", function requestContext(this: FastifyRequest): RequestContext {
    if (!this.actor) throw unauthenticated();
    this.idempotency ??= readIdempotencyClaim(this);
    // Fastify's type for the logger that we gave it is narrower than the logger.
    return {
      ...system,
      actor: this.actor,
      requestId: this.id,
      logger: this.log as Logger,
      idempotency: this.idempotency,
    };
  });

  app.addHook("onRequest", async (request) => {
    if (!request.routeOptions.config.public && !request.is404) await request.authenticate();
  });

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
  return new DomainError("unauthenticated", "Send a valid access token: sign in, or refresh the session.");
}

/** What is not a uuid is no tenant's id. */
function uuidOf(header: string | string[]): string {
  const parsed = z.uuid().safeParse(header);
  if (!parsed.success) throw new DomainError("not_found", "There is no company with the id in X-Tenant-Id.");
  return parsed.data;
}
