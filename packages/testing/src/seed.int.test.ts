import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decryptSecret, parseKeyring } from "@parley/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildSession } from "./builders/build-session.ts";
import { buildUser } from "./builders/build-user.ts";
import { startSeedProcess, type SeedProcess } from "./seed-process.fixture.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

const SEED = new URL("../../../prisma/seed.ts", import.meta.url);
const ENCRYPTION_KEYS = `seed:${randomBytes(32).toString("base64")}`;

let testDatabase: TestDatabase;
let seedProcess: SeedProcess;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  seedProcess = startSeedProcess(SEED);
});

afterAll(async () => {
  await seedProcess.close();
  await testDatabase.close();
});

function completed(env: Record<string, string>): Record<string, string> {
  return { DATABASE_URL: testDatabase.ownerUrl, ENCRYPTION_KEYS, ...env };
}

function seed(env: Record<string, string> = {}): Promise<void> {
  return seedProcess.run(completed(env));
}

/** As `node prisma/seed.ts`, from the start. */
function runProgram(env: Record<string, string>): Promise<unknown> {
  return promisify(execFile)(process.execPath, [fileURLToPath(SEED)], { env: completed(env) });
}

function readAll(): Promise<object[]> {
  return testDatabase.database.withSystem(async (tx) => [
    await tx.user.findMany({ orderBy: { email: "asc" } }),
    await tx.tenant.findMany({ include: { memberships: true }, orderBy: { slug: "asc" } }),
    await tx.inbox.findMany({ orderBy: { externalId: "asc" } }),
  ]);
}

test("production refuses the demo's password, and gets no demo company", async () => {
  await expect(runProgram({ NODE_ENV: "production" })).rejects.toThrow(/SUPERADMIN_PASSWORD/);
  await runProgram({
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

const context = () => ({ database: testDatabase.database, keyring: parseKeyring(ENCRYPTION_KEYS) });
const signIn = (userId: string) => buildSession(context(), { userId, tenantId: null });

function isSignedIn({ id }: { id: string }): Promise<boolean> {
  return testDatabase.database.withSystem(async (tx) => {
    const { revokedAt } = await tx.session.findUniqueOrThrow({ where: { id } });
    return revokedAt === null;
  });
}

describe("the administrator's password", () => {
  const SUPERADMIN_EMAIL = "boss@platform.example";
  const seedWith = (password: string) => seed({ SUPERADMIN_EMAIL, SUPERADMIN_PASSWORD: password });
  const readUser = () =>
    testDatabase.database.withSystem((tx) => tx.user.findUniqueOrThrow({ where: { email: SUPERADMIN_EMAIL } }));

  test("is changed by another SUPERADMIN_PASSWORD, which ends the administrator's sessions and nobody else's", async () => {
    await seedWith("the-first-password");
    const before = await readUser();
    const session = await signIn(before.id);
    const another = await signIn((await buildUser(context())).id);

    await seedWith("the-second-password");
    const after = await readUser();
    expect(after).toMatchObject({ id: before.id, isSuperAdmin: true });
    expect(after.passwordHash).not.toBe(before.passwordHash);
    expect([await isSignedIn(session), await isSignedIn(another)]).toEqual([false, true]);
  });

  test("is not written again when it is the same, or when none is named", async () => {
    await seedWith("the-second-password");
    const before = await readUser();
    const session = await signIn(before.id);
    await seedWith("the-second-password");
    await seed({ SUPERADMIN_EMAIL });
    expect(await readUser()).toEqual(before);
    expect(await isSignedIn(session)).toBe(true);
  });

  test("makes an administrator of somebody who is there already, with it and not with theirs", async () => {
    const email = "registered@platform.example";
    const { id, passwordHash } = await buildUser(context(), { email });
    const session = await signIn(id);
    await seed({ SUPERADMIN_EMAIL: email });
    expect(await isSignedIn(session)).toBe(true);

    await seed({ SUPERADMIN_EMAIL: email, SUPERADMIN_PASSWORD: "the-chosen-password" });
    const user = await testDatabase.database.withSystem((tx) => tx.user.findUniqueOrThrow({ where: { id } }));
    expect(user.isSuperAdmin).toBe(true);
    expect(user.passwordHash).not.toBe(passwordHash);
    expect(await isSignedIn(session)).toBe(false);
  });

  test("is refused in a sentence when it is longer than anybody could sign in with", async () => {
    await expect(seedWith("ä".repeat(37))).rejects.toMatchObject({
      stderr: expect.stringMatching(/^SUPERADMIN_PASSWORD is too long: .*72 bytes/),
    });
  });
});
