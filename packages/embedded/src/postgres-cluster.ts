import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConfigError, processEnv } from "@parley/runtime";
import type { Log } from "./embedded-server.ts";
import type { PostgresPlaces } from "./postgres-places.ts";

export const SUPERUSER = "parley";

/** What the server's programs see of our environment: messages in English, nothing of ours. */
export const SERVER_ENV = { PATH: processEnv["PATH"], LC_ALL: "C", TZ: "UTC" };

const MAJOR_VERSION = "18";

/**
 * Makes the cluster at `places.data` unless it is there, and returns the superuser's password. The password
 * is kept in `dataDir`; a cluster whose password is gone belongs to a deleted `.parley` and is made anew.
 */
export async function ensureCluster(places: PostgresPlaces, dataDir: string, log: Log): Promise<string> {
  const passwordFile = join(dataDir, "password");
  if (existsSync(passwordFile) && existsSync(places.data)) {
    const version = (await readFile(join(places.data, "PG_VERSION"), "utf8")).trim();
    if (version !== MAJOR_VERSION) {
      throw new ConfigError(
        `the data in ${dataDir} is of PostgreSQL ${version}, not ${MAJOR_VERSION}: begin anew with --fresh`,
      );
    }
    return (await readFile(passwordFile, "utf8")).trim();
  }
  log("PostgreSQL: making a new database cluster");
  const password = randomBytes(24).toString("base64url");
  await rm(places.data, { recursive: true, force: true });
  const staging = await places.makeStagingDirectory();
  await initialise(places, staging, password);
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  // Last, so that a cluster which is there is complete.
  await rename(staging, places.data);
  return password;
}

/** The C.UTF-8 locale of PostgreSQL itself sorts the same on every machine. */
async function initialise(places: PostgresPlaces, directory: string, password: string): Promise<void> {
  const { account, native } = places;
  // initdb reads it as the server's user and wants an empty directory, so it stands beside.
  const passwordFile = `${directory}.password`;
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (account) await chown(passwordFile, account.uid, account.gid);
    await promisify(execFile)(
      native.initdb,
      [
        `--pgdata=${directory}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ],
      { env: SERVER_ENV, cwd: "/", uid: account?.uid, gid: account?.gid },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}
