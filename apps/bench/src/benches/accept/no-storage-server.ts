/** Baseline (b) as a process: checks a webhook and forgets it. */
import { serveParent } from "../../setting/serve-parent.ts";
import { createBaselineServer } from "./baseline-server.ts";

await serveParent("no-storage-server", async ({ logger, shutdown }) => {
  const app = createBaselineServer(logger, async () => undefined);
  shutdown.add("server", () => app.close());
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: () => url };
});
