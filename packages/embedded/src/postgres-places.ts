import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { chown, cp, mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findNativePostgres, type NativePostgres } from "./native-postgres.ts";
import { canReach, findServerAccount, type ServerAccount } from "./server-account.ts";

export interface PostgresPlaces {
  native: NativePostgres;
  /** The cluster; made by the server's user, not by us. */
  data: string;
  /** Where the cluster is made before it gets its final name. Empty, and owned by the server's user. */
  makeStagingDirectory(): Promise<string>;
  account: ServerAccount | undefined;
}

/** Only root needs it, so only root can write there; /var/tmp would be swept of what lies unused for a month. */
const PLACE_ELSEWHERE = "/var/lib/parley";

/** Names the directory outside `dataDir`, for whoever deletes the data. */
const POINTER_FILE = "elsewhere.txt";

/**
 * Where the cluster and the binaries are. As root the server runs as another user, who often cannot enter
 * the clone (/root and the folders of mktemp are closed): then they go elsewhere, rather than opening
 * somebody's home.
 */
export async function choosePostgresPlaces(dataDir: string): Promise<PostgresPlaces> {
  const account = findServerAccount();
  const native = findNativePostgres();
  const home = !account || canReach(account, dataDir) ? dataDir : await makeHomeElsewhere(dataDir);
  return {
    native: !account || canReach(account, native.postgres) ? native : await copyElsewhere(native),
    account,
    data: join(home, "data"),
    async makeStagingDirectory() {
      const staging = join(home, "data.new");
      await rm(staging, { recursive: true, force: true });
      await mkdir(staging, { mode: 0o700 });
      if (account) await chown(staging, account.uid, account.gid);
      return staging;
    },
  };
}

async function makeHomeElsewhere(dataDir: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 12);
  const home = join(PLACE_ELSEWHERE, hash);
  await mkdir(home, { recursive: true, mode: 0o755 });
  await writeFile(join(dataDir, POINTER_FILE), home);
  return home;
}

/** One copy of each version serves every clone on the machine. */
async function copyElsewhere(native: NativePostgres): Promise<NativePostgres> {
  const copy = join(PLACE_ELSEWHERE, `postgresql-${native.version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    await mkdir(PLACE_ELSEWHERE, { recursive: true, mode: 0o755 });
    await cp(native.directory, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    // Somebody else's copy of the same version, finished in the meantime, is as good.
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  }
  return { ...native, directory: copy, postgres: join(copy, "bin/postgres"), initdb: join(copy, "bin/initdb") };
}

/** The directory outside `dataDir` that belongs to it, if there is one. */
export async function readPointer(dataDir: string): Promise<string | undefined> {
  const place = await readFile(join(dataDir, POINTER_FILE), "utf8").catch(() => "");
  // It will be deleted with all that is in it, so it must be a name that we gave.
  return place.startsWith(`${PLACE_ELSEWHERE}/`) && /\/[0-9a-f]{12}$/.test(place) ? place : undefined;
}
