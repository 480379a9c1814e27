import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readPointer } from "./postgres-places.ts";
import { stopLeftover } from "./run-file.ts";

/**
 * Deletes the data that `ensureServices` keeps under `directory` (and, for root, beside it), after ending
 * servers that were left behind. Throws a ConfigError when another process is using them.
 */
export async function removeEmbeddedData(directory: string): Promise<void> {
  const postgres = join(directory, "postgres");
  const redis = join(directory, "redis");
  await stopLeftover(join(postgres, "run.json"), "PostgreSQL", "SIGINT");
  await stopLeftover(join(redis, "run.json"), "Redis", "SIGTERM");
  const elsewhere = await readPointer(postgres);
  for (const path of [elsewhere, postgres, redis]) {
    if (path) await rm(path, { recursive: true, force: true });
  }
}
