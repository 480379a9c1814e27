import { createPasswordHasher, type AccessClaims } from "@parley/core/auth";
import { createWebhookAcceptor } from "@parley/core/webhooks";
import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import type { FastifyInstance } from "fastify";
import type { RouteAccess } from "./auth/authentication.ts";
import { API_QUEUES, type ApiContext } from "./context.ts";
import { buildServer } from "./server.ts";

/** The server on a database and a Redis prefix of its own, spoken to through `app.inject`. */
export interface TestApi {
  app: FastifyInstance;
  context: TestContext;
  /** The header of somebody who is signed in, an AGENT by default. Writes no rows. */
  bearer(actor: TestActor): { authorization: string };
  /** Every route that there is. */
  routes: readonly TestRoute[];
  close(): Promise<void>;
}

export interface TestRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  /** Routes of the API name it; others have none. */
  access: RouteAccess | undefined;
}

export interface TestActor {
  tenantId: string | null;
  userId?: string;
  role?: AccessClaims["role"];
  isSuperAdmin?: boolean;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export const TEST_JWT_SECRET = "a-secret-that-only-tests-know-0123456789";
export const TEST_WHATSAPP = { appSecret: "test-app-secret", verifyToken: "test-verify-token" };

export async function startTestApi(overrides: Partial<ApiContext> = {}): Promise<TestApi> {
  const context = await createTestContext({ queues: API_QUEUES });
  const system = { ...context, passwords: createPasswordHasher({ cost: 4 }) };
  const routes: TestRoute[] = [];
  const api: ApiContext = {
    system,
    acceptor: createWebhookAcceptor(system),
    publisher: context.publisher,
    jwtSecret: TEST_JWT_SECRET,
    whatsApp: TEST_WHATSAPP,
    corsOrigins: ["https://app.example"],
    secureCookies: false,
    ...overrides,
  };
  const app = await buildServer(api, {
    onRoute({ method, url, config }) {
      for (const each of METHODS) {
        if ([method].flat().includes(each)) routes.push({ method: each, path: url, access: config?.access });
      }
    },
  });
  await app.ready();

  return {
    app,
    context,
    routes,
    bearer({ tenantId, userId = newId(), role = tenantId === null ? null : "AGENT", isSuperAdmin = false }) {
      const claims: AccessClaims = { sub: userId, tid: tenantId, role, adm: isSuperAdmin, sid: newId() };
      return { authorization: `Bearer ${app.jwt.access.sign(claims)}` };
    },
    async close() {
      await app.close();
      await context.close();
    },
  };
}
