/** Baseline (a) as a process: each request writes one row with Prisma and adds one job. */
import { createHash } from "node:crypto";
import { readDatabaseConfig } from "@parley/db";
import { openPrisma } from "@parley/db/open-prisma";
import { newId, processEnv, readRedisUrl } from "@parley/runtime";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { serveParent } from "../../setting/serve-parent.ts";
import { createBaselineServer } from "./baseline-server.ts";

const QUEUE = "naive-accept";
const POOL = 20;

await serveParent("naive-server", async ({ logger, shutdown }) => {
  const prisma = openPrisma(readDatabaseConfig(processEnv).systemUrl, POOL, (error) => logger.warn({ err: error }));
  shutdown.add("database", () => prisma.$disconnect());
  const connection = new Redis(readRedisUrl(processEnv), { maxRetriesPerRequest: null });
  shutdown.add("redis", () => connection.disconnect());
  const queue = new Queue<{ rawEventId: string }>(QUEUE, {
    connection,
    prefix: `{${processEnv["REDIS_PREFIX"]}-${QUEUE}}`,
  });
  shutdown.add("queue", () => queue.close());

  const app = createBaselineServer(logger, async (body) => {
    const id = newId();
    await prisma.rawWebhookEvent.create({
      data: {
        id,
        channel: "WHATSAPP",
        source: "whatsapp",
        body: new Uint8Array(body),
        bodyHash: new Uint8Array(createHash("sha256").update(body).digest()),
        receivedAt: new Date(),
      },
      select: { id: true },
    });
    await queue.add("apply", { rawEventId: id }, { attempts: 10, removeOnComplete: true });
  });
  shutdown.add("server", () => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: () => url };
});
