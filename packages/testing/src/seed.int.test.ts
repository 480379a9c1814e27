import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decryptSecret, parseKeyring } from "@parley/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const SEED = fileURLToPath(new URL("../../../prisma/seed.ts", import.meta.url));
const ENCRYPTION_KEYS = `seed:${randomBytes(32).toString("base64")}`;

let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
});

afterAll(() => testDatabase.close());

function seed(env: Record<string, string> = {}): Promise<unknown> {
  const { ownerUrl: DATABASE_URL } = testDatabase;
  return promisify(execFile)(process.execPath, [SEED], { env: { DATABASE_URL, ENCRYPTION_KEYS, ...env } });
}

function readAll(): Promise<object[]> {
  return testDatabase.database.withSystem(async (tx) => [
    await tx.user.findMany({ orderBy: { email: "asc" } }),
    await tx.tenant.findMany({ include: { memberships: true }, orderBy: { slug: "asc" } }),
    await tx.inbox.findMany({ orderBy: { externalId: "asc" } }),
  ]);
}

test("production refuses the demo's password, and gets no demo company", async () => {
  await expect(seed({ NODE_ENV: "production" })).rejects.toThrow(/SUPERADMIN_PASSWORD/);
  await seed({
    NODE_ENV: "production",
    SUPERADMIN_EMAIL: "Root@platform.example",
    SUPERADMIN_PASSWORD: "not-the-demo's",
  });
  expect(await readAll()).toMatchObject([[{ email: "root@platform.example", isSuperAdmin: true }], [], []]);
});

test("three demo companies are made, and a repetition changes nothing", async () => {
  await seed();
  const [users, tenants, inboxes] = await readAll();
  expect(users).toHaveLength(11);
  expect(tenants).toMatchObject(
    ["acme-electronics", "globex-retail", "techcorp-solutions"].map((slug) => ({ slug, status: "ACTIVE" })),
  );
  expect(inboxes).toMatchObject(
    ["106540352242922", "106540352242923", "106540352242924"].map((externalId) => ({ externalId })),
  );
  await seed();
  expect(await readAll()).toEqual([users, tenants, inboxes]);
});

test("an inbox whose key is gone gets readable credentials again", async () => {
  const newKeys = `new:${randomBytes(32).toString("base64")}`;
  await seed({ ENCRYPTION_KEYS: newKeys });
  const inbox = await testDatabase.database.withSystem((tx) => tx.inbox.findFirstOrThrow());
  const binding = { tenantId: inbox.tenantId, recordId: inbox.id, field: "credentials" };
  expect(JSON.parse(decryptSecret(parseKeyring(newKeys), binding, inbox.credentials ?? ""))).toEqual({
    accessToken: "simulator-token",
  });
});
