import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSecrets } from "@parley/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureSecrets } from "./local-secrets.ts";

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-secrets-"));
  file = join(directory, ".parley/secrets.json");
});

afterEach(() => rm(directory, { recursive: true }));

test("what is missing is made once, strong enough, and readable by its owner only", async () => {
  const made = await ensureSecrets({}, file);
  expect(readSecrets({ ...made }).keyring.primaryId).toBe("local");
  expect(await ensureSecrets({}, file)).toEqual(made);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("the environment comes first and is not written down", async () => {
  const secrets = await ensureSecrets({ JWT_SECRET: "from the environment" }, file);
  expect(secrets.JWT_SECRET).toBe("from the environment");
  expect(await readFile(file, "utf8")).not.toContain("from the environment");
});

test("a damaged file is named, and what is in it is not repeated", async () => {
  const { JWT_SECRET } = await ensureSecrets({}, file);
  await writeFile(file, JWT_SECRET);
  await expect(ensureSecrets({}, file)).rejects.toThrow(/secrets\.json is damaged: restore it/);
  await expect(ensureSecrets({}, file)).rejects.not.toThrow(JWT_SECRET.slice(0, 6));
});
