import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MIGRATIONS = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));
const LOADER = fileURLToPath(new URL(".", import.meta.url));
/** Ids and passwords. */
const WORLD = fileURLToPath(new URL("../world", import.meta.url));

/** Changes with the tables and with what the loader writes: databases that another version has filled are of no use. */
export async function readLoadVersion(): Promise<string> {
  const hash = createHash("sha256");
  for (const directory of [MIGRATIONS, LOADER, WORLD]) {
    const files = await readdir(directory, { recursive: true });
    for (const file of files.filter((name) => /(?<!\.test)\.(sql|ts)$/.test(name)).toSorted()) {
      hash.update(file).update(await readFile(join(directory, file)));
    }
  }
  return hash.digest("hex").slice(0, 10);
}
