/** The baseline: the same routes and queries through node-postgres, for anybody, without checks of any kind. */
import { readNameQuery } from "@parley/core/search";
import { readDatabaseConfig } from "@parley/db";
import { processEnv } from "@parley/runtime";
import Fastify, { type FastifyBaseLogger, type FastifyRequest } from "fastify";
import pg from "pg";
import { z } from "zod";
import { serveParent } from "../../setting/serve-parent.ts";
import { runAlone } from "../tickets/raw-transaction.ts";
import { CONTACTS, CONVERSATIONS, FOUND, MESSAGES, OVERVIEW } from "./raw-queries.ts";

const POOL = 10;
/** As Parley has it: whatever the planner believes, it never reads all tenants' rows, and no other process helps. */
const SETTINGS = "-c enable_seqscan=off -c max_parallel_workers_per_gather=0 -c jit=off";

const headers = z.object({ "x-raw-tenant": z.uuid() });
const params = z.object({ id: z.uuid() });
const listQuery = z.object({
  limit: z.coerce.number().int().default(0),
  days: z.coerce.number().int().default(0),
  search: z.string().default(""),
  q: z.string().default(""),
});

await serveParent("raw-list-server", async ({ logger, shutdown }) => {
  const { appUrl } = readDatabaseConfig(processEnv);
  const pool = new pg.Pool({ connectionString: appUrl, max: POOL, options: SETTINGS, pipeline: true });
  pool.on("error", (error) => logger.warn({ err: error }));
  shutdown.add("database", () => pool.end());

  const loggerInstance: FastifyBaseLogger = logger;
  const app = Fastify({ loggerInstance, disableRequestLogging: true });
  const rows = async (request: FastifyRequest, text: string, values: unknown[]): Promise<{ data: object[] }> => {
    const tenantId = headers.parse(request.headers)["x-raw-tenant"];
    return { data: await runAlone(pool, tenantId, { text, values: [tenantId, ...values] }) };
  };
  app.get("/api/v1/conversations", (request) =>
    rows(request, CONVERSATIONS, [listQuery.parse(request.query).limit + 1]),
  );
  app.get("/api/v1/conversations/:id/messages", (request) =>
    rows(request, MESSAGES, [params.parse(request.params).id, listQuery.parse(request.query).limit + 1]),
  );
  app.get("/api/v1/contacts", (request) => {
    const { search, limit } = listQuery.parse(request.query);
    const { exact, patterns, misspelt } = readNameQuery(search);
    return rows(request, CONTACTS, [exact, patterns, misspelt, limit + 1]);
  });
  app.get("/api/v1/search", (request) => {
    const { q, limit } = listQuery.parse(request.query);
    return rows(request, FOUND, [q, limit + 1]);
  });
  app.get("/api/v1/analytics/overview", (request) => rows(request, OVERVIEW, [listQuery.parse(request.query).days]));
  shutdown.add("server", () => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: () => url };
});
