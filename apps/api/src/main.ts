import { forgetOldSessions } from "@parley/core/auth";
import { forgetOldKeys } from "@parley/core/idempotency";
import { processEnv, readLogLevel, runEvery, runProcess } from "@parley/runtime";
import { readApiConfig } from "./config.ts";
import { openApiContext } from "./context.ts";
import { listen } from "./listen.ts";
import { buildServer } from "./server.ts";

const FORGET_INTERVAL_MS = 10 * 60_000;

await runProcess({ name: "api", logLevel: readLogLevel(processEnv) }, async ({ logger, shutdown }) => {
  const config = readApiConfig(processEnv);
  const api = openApiContext({ config, logger, shutdown });
  const tasks = [
    runEvery(FORGET_INTERVAL_MS, logger, "forget old idempotency keys", () => forgetOldKeys(api.system)),
    runEvery(FORGET_INTERVAL_MS, logger, "forget old sessions", () => forgetOldSessions(api.system)),
  ];
  shutdown.add("periodic tasks", () => Promise.all(tasks.map((task) => task.stop())));

  const app = await buildServer(api);
  shutdown.add("server", () => app.close());
  await listen(app, config.http);
});
