import { createIdentification, createPasswordHasher, type AccessClaims } from "@parley/core/auth";
import { createInvoicePrinter, createLocalPayments } from "@parley/core/invoices";
import { createModelAccess } from "@parley/core/language-models";
import { createPresenceBoard } from "@parley/core/presence";
import { createLoginThrottle, createRegistrationLimit } from "@parley/core/throttle";
import { createWebhookAcceptor } from "@parley/core/webhooks";
import type { Actor } from "@parley/core/context";
import { startSimulator, type Simulator } from "@parley/simulator";
import { buildSession, buildUser } from "@parley/testing";
import type { Publisher, RedisConfig } from "@parley/queue";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { createSilentLogger, systemClock, type Logger } from "@parley/runtime";
import type { FastifyInstance, FastifySchema } from "fastify";
import type { RouteAccess } from "./auth/authentication.ts";
import { API_QUEUES, API_SUBSCRIPTIONS, type ApiContext } from "./context.ts";
import type { RateLimits } from "./http/rate-limit-config.ts";
import type { RateLimiting } from "./http/rate-limiting.ts";
import { createRequestCounter } from "./http/request-counter.ts";
import { watchAnswers } from "./open-api/undeclared-answers.fixture.ts";
import { buildServer } from "./server.ts";

/** The server on a database and a Redis prefix of its own, spoken to through `app.inject`. */
export interface TestApi {
  app: FastifyInstance;
  context: TestContext;
  /** What the server was built from; for a second one on the same database. */
  builtFrom: ApiContext;
  /** The header of somebody who is signed in now: of the user named, else of one made for it, an AGENT by default. */
  bearer(actor: TestActor): Promise<{ authorization: string }>;
  /** Every route that there is. */
  routes: readonly TestRoute[];
  /** The world outside, with its language models; started when it is first asked for. */
  simulator(): Promise<Simulator>;
  close(): Promise<void>;
}

export interface TestRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  /** Routes of the API name it; others have none. */
  access: RouteAccess | undefined;
  /** What it takes and answers, as the server has it. */
  schema: FastifySchema | undefined;
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

/** No test runs into a limit without meaning to. */
const PLENTY: RateLimits = {
  user: { read: 100_000, write: 100_000, send: 100_000 },
  tenant: { read: 100_000, write: 100_000, send: 100_000 },
  address: { auth: 100_000, session: 100_000, refused: 100_000, register: 100_000 },
};
/** Nor does it miss its limits because the machine is busy. */
const PATIENT = { openMs: 4_000, closedMs: 4_000 };

/** Longer than a simulated model takes, and short enough to wait for one that hangs. */
const MODEL_TIMEOUT_MS = 3_000;

/** The limits of a server whose Redis is that of `publisher`. */
export function testLimiting(
  publisher: Pick<Publisher, "redis">,
  redis: RedisConfig,
  limits: Partial<RateLimits> = {},
): RateLimiting {
  return { limits: { ...PLENTY, ...limits }, counter: createRequestCounter(publisher.redis), redis, waits: PATIENT };
}

/** Quick hashes, and models on this machine; throttle and presence as they are in production. */
export function testAuth(
  publisher: Pick<Publisher, "redis">,
  redis: RedisConfig,
): Pick<
  ApiContext["system"],
  "passwords" | "throttle" | "registrations" | "presence" | "models" | "payments" | "printer"
> {
  const throttle = createLoginThrottle({ redis: publisher.redis, config: redis, logger: createSilentLogger() });
  const presence = createPresenceBoard({ redis: publisher.redis, config: redis, logger: createSilentLogger() });
  const { register: perHour } = PLENTY.address;
  const registrations = createRegistrationLimit({ redis: publisher.redis, config: redis, perHour });
  const models = createModelAccess({
    privateHosts: ["127.0.0.0/8"],
    timeoutMs: MODEL_TIMEOUT_MS,
    clock: systemClock,
    logger: createSilentLogger(),
  });
  return {
    passwords: createPasswordHasher({ cost: 4 }),
    throttle,
    registrations,
    presence,
    models,
    payments: createLocalPayments(),
    printer: createInvoicePrinter(),
  };
}

/** `logger` is for tests that look at what is logged. */
export async function startTestApi({
  logger,
  ...overrides
}: Partial<ApiContext> & { logger?: Logger } = {}): Promise<TestApi> {
  const queues = [...API_QUEUES, ...API_SUBSCRIPTIONS.map(({ queue }) => queue)];
  const context = await createTestContext({ queues, ...(logger && { logger }) });
  const { redis } = context;
  const { publisher = context.publisher } = overrides;
  const system = { ...context, subscriptions: API_SUBSCRIPTIONS, ...testAuth(publisher, redis) };
  const routes: TestRoute[] = [];
  const api: ApiContext = {
    system,
    identification: createIdentification(system),
    acceptor: createWebhookAcceptor(system),
    publisher,
    limiting: testLimiting(publisher, redis),
    jwtSecret: TEST_JWT_SECRET,
    whatsApp: TEST_WHATSAPP,
    corsOrigins: ["https://app.example"],
    trustedProxies: [],
    secureCookies: false,
    ...overrides,
  };
  let simulator: Promise<Simulator> | undefined;
  const answers = watchAnswers();
  const app = await buildServer(api, {
    onRoute(route) {
      answers.onRoute(route);
      const { method, url: path, config } = route;
      for (const each of METHODS) {
        if (![method].flat().includes(each)) continue;
        // Hooks that come after this one complete the schema.
        routes.push({
          method: each,
          path,
          access: config?.access,
          get schema() {
            return route.schema;
          },
        });
      }
    },
  });
  await app.ready();

  return {
    app,
    context,
    builtFrom: api,
    routes,
    simulator: () => (simulator ??= startSimulator({ appSecret: TEST_WHATSAPP.appSecret })),
    async bearer({ tenantId, userId, role = "AGENT", isSuperAdmin = false }) {
      const membership = tenantId === null || isSuperAdmin ? {} : { tenantId, role };
      const sub = userId ?? (await buildUser(context, { isSuperAdmin, ...membership })).id;
      const { id: sid } = await buildSession(context, { userId: sub, tenantId });
      return { authorization: `Bearer ${app.jwt.access.sign({ sub, sid } satisfies AccessClaims)}` };
    },
    async close() {
      await app.close();
      await api.system.models.close();
      await (await simulator)?.stop();
      await context.close();
      answers.assertDeclared(app);
    },
  };
}
