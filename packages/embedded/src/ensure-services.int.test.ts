import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@parley/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeClusterToCopy, type ClusterToCopy } from "./copied-cluster.fixture.ts";
import { ensureServices } from "./ensure-services.ts";
import { pingRedis } from "./ping-redis.ts";
import { removeEmbeddedData } from "./remove-embedded-data.ts";

let directory: string;
let cluster: ClusterToCopy;
const log = (): void => {};

beforeAll(async () => {
  cluster = await makeClusterToCopy();
});

afterAll(() => cluster.remove());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-embedded-"));
});

afterEach(async () => {
  await removeEmbeddedData(directory);
  await rm(directory, { recursive: true });
});

async function refusal(env: Record<string, string>): Promise<Error> {
  return ensureServices(env, { directory, log }).then(
    () => Promise.reject(new Error("the services were accepted")),
    (error: Error) => error,
  );
}

/** Where it does not matter how the cluster came to be. */
const copyCluster = (): Promise<void> => cluster.copyTo(join(directory, "postgres"));

describe("ensureServices", () => {
  test("starts both servers, and accepts them as external ones", async () => {
    const own = await ensureServices({}, { directory, log });
    const env = { DATABASE_URL: own.databaseUrl, REDIS_URL: own.redisUrl };
    const external = await ensureServices(env, { directory, log });
    expect([external.databaseUrl, external.redisUrl]).toEqual([own.databaseUrl, own.redisUrl]);
    expect([external.postgres, external.redis]).toEqual([undefined, undefined]);
    await external.stop();
    await pingRedis(own.redisUrl);
    await own.stop();
    await own.stop();
  });

  test("names the variable and the server that does not answer, without the password", async () => {
    await copyCluster();
    const embedded = await ensureServices({}, { directory, log });
    const database = await refusal({
      DATABASE_URL: "postgresql://u:hidden-word@127.0.0.1:9/x",
      REDIS_URL: embedded.redisUrl,
    });
    const redis = await refusal({ DATABASE_URL: embedded.databaseUrl, REDIS_URL: "redis://:hidden-word@127.0.0.1:9" });
    await embedded.stop();
    expect(database).toBeInstanceOf(ConfigError);
    expect(database.message).toMatch(/^DATABASE_URL: .*127\.0\.0\.1:9 \(ECONNREFUSED\)/);
    expect(redis.message).toMatch(/^REDIS_URL: .*127\.0\.0\.1:9 \(ECONNREFUSED\)/);
    expect(database.message + redis.message).not.toContain("hidden-word");
  });

  test("names what PostgreSQL refuses in PostgreSQL's words, without the password", async () => {
    await copyCluster();
    const own = await ensureServices({}, { directory, log });
    const url = new URL(own.databaseUrl);
    url.password = "hidden-word";
    const { message } = await refusal({ DATABASE_URL: url.toString(), REDIS_URL: own.redisUrl });
    await own.stop();
    expect(message).toMatch(/^DATABASE_URL: .*password authentication failed for user "parley"\); start that server, /);
    expect(message).not.toContain("hidden-word");
  });

  test("leaves nothing running when one of the two fails", async () => {
    await copyCluster();
    await refusal({ REDIS_URL: "redis://127.0.0.1:9" });
    expect(await readdir(join(directory, "postgres"))).not.toContain("run.json");
  });
});
