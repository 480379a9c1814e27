import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EmbeddedServer } from "./embedded-server.ts";
import { startRedis } from "./redis.ts";

let directory: string;
let server: EmbeddedServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-embedded-"));
  server = await startRedis({ dataDir: join(directory, "redis"), log: () => {} });
});

afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

async function withClient<T>(work: (client: Redis) => Promise<T>, url = server.url): Promise<T> {
  const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on("error", () => {});
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

describe("startRedis", () => {
  test("evicts nothing, appends every write and takes no snapshots", async () => {
    const [policy, append, save] = await withClient((client) =>
      Promise.all([
        client.config("GET", "maxmemory-policy"),
        client.config("GET", "appendonly"),
        client.config("GET", "save"),
      ]),
    );
    expect([policy, append, save]).toEqual([
      ["maxmemory-policy", "noeviction"],
      ["appendonly", "yes"],
      ["save", ""],
    ]);
  });

  test("keeps what was written through a stop and through a kill, on the same port", async () => {
    await withClient((client) => client.set("a", "1"));
    await server.restart();
    // WAITAOF answers once the append-only file is on the disk, which is otherwise done every second.
    await withClient(async (client) => {
      await client.set("b", "2");
      await client.call("WAITAOF", 1, 0, 5_000).catch(() => {});
    });
    await server.kill();
    await server.restart();
    expect(await withClient((client) => client.mget("a", "b"))).toEqual(["1", "2"]);
  });

  test("wants the password", async () => {
    const url = `redis://127.0.0.1:${server.port}`;
    await expect(withClient((client) => client.get("a"), url)).rejects.toThrow(/NOAUTH/);
  });

  test("can be stopped twice", async () => {
    await server.stop();
    await server.stop();
    await expect(withClient((client) => client.ping())).rejects.toThrow(/Connection is closed|ECONNREFUSED/);
  });
});
