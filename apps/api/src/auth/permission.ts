import { enterTenant } from "@parley/core/auth";
import { assertAllowed, assertSuperAdmin, assertUser } from "@parley/core/context";
import { DomainError } from "@parley/runtime";
import fp from "fastify-plugin";
import { z } from "zod";
import type { ApiContext } from "../context.ts";

/**
 * Refuses whoever is signed in and may not call a route, after they have entered the tenant of `X-Tenant-Id`. Comes after
 * the limits, so that what is refused counts like any other request.
 */
export const permission = fp(async (app, options: { api: ApiContext }) => {
  const { system } = options.api;

  app.addHook("onRequest", async (request) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === "public") return;
    if (!request.actor) throw new Error(`${request.url} is not for everybody, and nobody has asked who that is`);
    const tenantId = request.headers["x-tenant-id"];
    const actor =
      tenantId === undefined
        ? request.actor
        : await enterTenant(system, { actor: request.actor, tenantId: uuidOf(tenantId) });
    request.actor = actor;
    if (access === "super_admin") assertSuperAdmin(actor);
    else if (access === "signed_in") assertUser(actor);
    else if (access !== undefined) assertAllowed(actor, access);
  });
});

/** What is not a uuid is no tenant's id. */
function uuidOf(header: string | string[]): string {
  const parsed = z.uuid().safeParse(header);
  if (!parsed.success) throw new DomainError("not_found", "There is no company with the id in X-Tenant-Id.");
  return parsed.data;
}
