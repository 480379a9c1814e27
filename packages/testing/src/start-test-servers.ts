import { join } from "node:path";
import { startPostgres, startRedis } from "@parley/embedded";
import { readOwnerDatabaseUrl, readRedisUrl, type Env } from "@parley/runtime";
import { claimTestDirectory, type TestDirectory } from "./test-directory.ts";

export interface TestServers {
  databaseUrl: string;
  redisUrl: string;
  /** The database server is ours alone, so that what an earlier run left there may be dropped. */
  ownsDatabase: boolean;
  stop(): Promise<void>;
}

/** What a test writes need not survive a power cut. */
const FAST = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/**
 * The servers of TEST_DATABASE_URL and TEST_REDIS_URL, else of DATABASE_URL and REDIS_URL, used as they are; else our
 * own.
 */
export async function startTestServers(env: Env): Promise<TestServers> {
  const databaseUrl = env["TEST_DATABASE_URL"] ?? env["DATABASE_URL"];
  const redisUrl = env["TEST_REDIS_URL"] ?? env["REDIS_URL"];
  const toUndo: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let undo = toUndo.pop(); undo; undo = toUndo.pop()) await undo();
  };
  try {
    const directory = databaseUrl && redisUrl ? undefined : await claimTestDirectory();
    if (directory) toUndo.push(() => directory.release());
    return {
      databaseUrl: databaseUrl
        ? readOwnerDatabaseUrl({ DATABASE_URL: databaseUrl })
        : await startOwn("postgres", directory, toUndo),
      redisUrl: redisUrl ? readRedisUrl({ REDIS_URL: redisUrl }) : await startOwn("redis", directory, toUndo),
      ownsDatabase: !databaseUrl,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startOwn(
  kind: "postgres" | "redis",
  directory: TestDirectory | undefined,
  toUndo: (() => Promise<void>)[],
): Promise<string> {
  if (!directory) throw new Error("servers of our own need a directory");
  const dataDir = join(directory.path, kind);
  const server =
    kind === "postgres" ? await startPostgres({ dataDir, settings: FAST, log }) : await startRedis({ dataDir, log });
  toUndo.push(() => server.stop());
  return server.url;
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
