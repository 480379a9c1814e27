import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureCluster } from "./postgres-cluster.ts";
import { choosePostgresPlaces } from "./postgres-places.ts";
import { removeEmbeddedData } from "./remove-embedded-data.ts";

/** A cluster on which no server runs, to begin with where it does not matter how one is made: that takes seconds. */
export interface ClusterToCopy {
  /** Puts a copy where `startPostgres({ dataDir })` finds it. */
  copyTo(dataDir: string): Promise<void>;
  remove(): Promise<void>;
}

export async function makeClusterToCopy(): Promise<ClusterToCopy> {
  const directory = await mkdtemp(join(tmpdir(), "parley-embedded-"));
  const original = join(directory, "postgres");
  await mkdir(original);
  const made = await choosePostgresPlaces(original);
  await ensureCluster(made, original, () => {});
  return {
    async copyTo(dataDir) {
      await mkdir(dataDir, { recursive: true });
      const places = await choosePostgresPlaces(dataDir);
      // With its owner, who is not always us.
      await promisify(execFile)("cp", ["-Rp", made.data, places.data]);
      await copyFile(join(original, "password"), join(dataDir, "password"));
    },
    async remove() {
      await removeEmbeddedData(directory);
      await rm(directory, { recursive: true });
    },
  };
}
