import type { KeptContents } from "../setting/bench-database.ts";
import { readLoadVersion } from "./load-version.ts";
import type { LoadSize } from "./load-size.ts";
import { loadWorld } from "./load-world.ts";

/** A loaded database as `BenchServices` keeps it: equal sizes share one, until tables or loader change. */
export async function loadedContents(size: LoadSize): Promise<KeptContents> {
  const { tenants, conversations, messages, seed } = size;
  return {
    version: await readLoadVersion(),
    key: [tenants, conversations, messages, seed].join("_"),
    fill: (database) => loadWorld(database, size),
  };
}
