import { measureDatabase, measureIngestDelay } from "@parley/core/health";
import { DomainError } from "@parley/runtime";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { ApiContext } from "../context.ts";
import { securityHeaders } from "../http/security-headers.ts";

/** Webhooks wait no longer than this for being applied, unless the workers are down or overrun. */
const INGEST_DELAY_LIMIT_SECONDS = 60;
const CHECK_TIMEOUT_MS = 2_000;

const tags = ["Health"];

const check = z.object({
  ok: z.boolean().meta({ example: true }),
  latencyMs: z.int().optional().meta({ description: "Absent when there was no answer.", example: 3 }),
});

const readiness = z
  .object({
    status: z.enum(["ready", "degraded", "unavailable"]),
    checks: z.object({
      database: check,
      redis: check,
      ingest: z.object({
        ok: z.boolean().meta({ example: true }),
        oldestPendingSeconds: z
          .int()
          .nullable()
          .meta({ description: "How long the oldest webhook has waited; null if that is not known.", example: 0 }),
      }),
    }),
  })
  .meta({ id: "Readiness" });

/** No access token: load balancers ask. The answers name no version, address or error. */
export const healthRoutes: FastifyPluginAsyncZod<{ api: ApiContext }> = async (app, { api }) => {
  await app.register(securityHeaders, { policy: "json" });
  const database = () => measured(() => measureDatabase(api.system));
  const redis = () =>
    measured(async () => {
      const startedAt = performance.now();
      await api.publisher.redis.ping();
      return Math.round(performance.now() - startedAt);
    });

  app.get(
    "/health",
    {
      schema: {
        operationId: "isUp",
        tags,
        summary: "The process is up",
        response: { 200: z.object({ status: z.literal("up") }) },
      },
    },
    () => ({ status: "up" as const }),
  );

  app.get(
    "/health/ready",
    {
      schema: {
        operationId: "isReady",
        tags,
        summary: "The process can do its work",
        description:
          "503 only without the database, as either of the two roles that requests need. Without Redis, and while " +
          "webhooks wait to be applied, requests and webhooks " +
          "are accepted and nothing is lost, so that is 200 and `degraded`: taking the process out of service would lose more.",
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const [databaseCheck, redisCheck, delay] = await Promise.all([
        database(),
        redis(),
        within(CHECK_TIMEOUT_MS, measureIngestDelay(api.system)).catch(() => null),
      ]);
      const ingest = { ok: delay !== null && delay <= INGEST_DELAY_LIMIT_SECONDS, oldestPendingSeconds: delay };
      const checks = { database: databaseCheck, redis: redisCheck, ingest };
      if (!databaseCheck.ok) return reply.code(503).send({ status: "unavailable", checks });
      return reply.code(200).send({ status: redisCheck.ok && ingest.ok ? "ready" : "degraded", checks });
    },
  );

  app.get(
    "/health/db",
    {
      schema: {
        operationId: "isDatabaseUp",
        tags,
        summary: "The database answers both roles",
        response: { 200: check, 503: check },
      },
    },
    async (_request, reply) => {
      const answer = await database();
      return reply.code(answer.ok ? 200 : 503).send(answer);
    },
  );
};

async function measured(measure: () => Promise<number>): Promise<z.infer<typeof check>> {
  try {
    return { ok: true, latencyMs: await within(CHECK_TIMEOUT_MS, measure()) };
  } catch {
    return { ok: false };
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new DomainError("unavailable", "No answer in time.")), timeoutMs);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
