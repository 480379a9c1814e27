import { createIdentification, createPasswordHasher, type AccessClaims } from "@parley/core/auth";
import { createWebhookAcceptor } from "@parley/core/webhooks";
import type { Actor } from "@parley/core/context";
import { buildSession, buildUser } from "@parley/testing";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import type { FastifyInstance } from "fastify";
import type { RouteAccess } from "./auth/authentication.ts";
import { API_QUEUES, type ApiContext } from "./context.ts";
import { buildServer } from "./server.ts";

/** The server on a database and a Redis prefix of its own, spoken to through `app.inject`. */
export interface TestApi {
  app: FastifyInstance;
  context: TestContext;
  /** The header of somebody who is signed in now: of the user named, else of one made for it, an AGENT by default. */
  bearer(actor: TestActor): Promise<{ authorization: string }>;
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
  role?: Actor["role"] & string;
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
    identification: createIdentification(system),
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
    async bearer({ tenantId, userId, role = "AGENT", isSuperAdmin = false }) {
      const membership = tenantId === null || isSuperAdmin ? {} : { tenantId, role };
      const sub = userId ?? (await buildUser(context, { isSuperAdmin, ...membership })).id;
      const { id: sid } = await buildSession(context, { userId: sub, tenantId });
      return { authorization: `Bearer ${app.jwt.access.sign({ sub, sid } satisfies AccessClaims)}` };
    },
    async close() {
      await app.close();
      await context.close();
    },
  };
}
