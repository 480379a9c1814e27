/** The baseline: the same route with the same statement, for anybody who asks. */
import { meJson, readSelf } from "@parley/core/auth";
import { openDatabase, readDatabaseConfig } from "@parley/db";
import { processEnv } from "@parley/runtime";
import Fastify, { type FastifyBaseLogger } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { serveParent } from "../../setting/serve-parent.ts";
import { benchId } from "../../world/bench-ids.ts";

await serveParent("bare-server", async ({ logger, shutdown }) => {
  const database = openDatabase(readDatabaseConfig(processEnv));
  shutdown.add("database", () => database.close());

  const loggerInstance: FastifyBaseLogger = logger;
  const app = Fastify({ loggerInstance, disableRequestLogging: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.get("/api/v1/auth/me", { schema: { response: { 200: z.object({ data: meJson }) } } }, async () => ({
    data: await readSelf(database.system, benchId("agent", 0), benchId("tenant", 0)),
  }));
  shutdown.add("server", () => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: () => url };
});
