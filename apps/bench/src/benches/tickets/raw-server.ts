/** The baseline: the same routes and queries through node-postgres, for anybody, without checks of any kind. */
import { readDatabaseConfig } from "@parley/db";
import { processEnv } from "@parley/runtime";
import Fastify, { type FastifyBaseLogger, type FastifyRequest } from "fastify";
import pg from "pg";
import { z } from "zod";
import { serveParent } from "../../setting/serve-parent.ts";
import { rawCounts } from "./raw-counts.ts";
import { rawList } from "./raw-list.ts";
import { rawNext } from "./raw-next.ts";
import { rawUpdate } from "./raw-update.ts";

const POOL = 10;
/** As Parley has it: whatever the planner believes, it never reads all tenants' rows, and no other process helps. */
const SETTINGS = "-c enable_seqscan=off -c max_parallel_workers_per_gather=0 -c jit=off";

const rawHeaders = z.object({ "x-raw-tenant": z.uuid(), "x-raw-user": z.uuid() });
const updateParams = z.object({ id: z.uuid() });
const updateBody = z.object({ priority: z.string() });

await serveParent("raw-server", async ({ logger, shutdown }) => {
  const { appUrl } = readDatabaseConfig(processEnv);
  const pool = new pg.Pool({ connectionString: appUrl, max: POOL, options: SETTINGS, pipeline: true });
  pool.on("error", (error) => logger.warn({ err: error }));
  shutdown.add("database", () => pool.end());

  const loggerInstance: FastifyBaseLogger = logger;
  const app = Fastify({ loggerInstance, disableRequestLogging: true });
  app.get("/api/v1/tickets", async (request) => ({ data: await rawList(pool, askerOf(request), request.query) }));
  app.get("/api/v1/views/counts", async (request) => ({ data: await rawCounts(pool, askerOf(request)) }));
  app.post("/api/v1/tickets/next", async (request) => ({ data: await rawNext(pool, askerOf(request)) }));
  app.patch("/api/v1/tickets/:id", async (request) => {
    const { id } = updateParams.parse(request.params);
    const { priority } = updateBody.parse(request.body);
    return { data: await rawUpdate(pool, askerOf(request), { id, priority: priority.toUpperCase() }) };
  });
  shutdown.add("server", () => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: () => url };
});

function askerOf(request: FastifyRequest): { tenantId: string; userId: string } {
  const headers = rawHeaders.parse(request.headers);
  return { tenantId: headers["x-raw-tenant"], userId: headers["x-raw-user"] };
}
