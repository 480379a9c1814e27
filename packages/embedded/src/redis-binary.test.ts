import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findOnPath, findRedisServer } from "./redis-binary.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-path-"));
});

afterEach(() => rm(directory, { recursive: true }));

async function program(name: string, mode = 0o755): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, "", { mode });
  return file;
}

test("redis-server comes before valkey-server, wherever on the PATH", async () => {
  await program("valkey-server");
  const redis = await program("redis-server");
  expect(await findRedisServer({ path: `/nowhere:${directory}`, isRoot: false, log: () => {} })).toBe(redis);
});

test("valkey-server does as well", async () => {
  const valkey = await program("valkey-server");
  expect(await findRedisServer({ path: directory, isRoot: false, log: () => {} })).toBe(valkey);
});

test("a file that cannot be executed is not a program", async () => {
  await program("redis-server", 0o644);
  expect(findOnPath(directory, ["redis-server"])).toBeUndefined();
});

test("without either, and no right to install one, the error says what to do", async () => {
  await program("apt-get");
  const search = findRedisServer({ path: directory, isRoot: false, log: () => {} });
  await expect(search).rejects.toThrow(/brew install redis.*REDIS_URL/);
});
