import { createHash, randomUUID } from "node:crypto";
import { newId } from "@parley/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, type Answer, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));
beforeEach(() => {
  admin = desk.as({ role: "ADMIN" });
});

const MOST_KEYS = 100;
const MOST_INVITATIONS = 500;
const DAY_MS = 24 * 3_600_000;

/** Of each status how many answers there are. */
function countStatuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const atOnce = (count: number, ask: () => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, ask));

interface KeyState {
  revokedAt?: Date;
  expiresAt?: Date;
}

async function seedKeys(count: number, state: KeyState = {}): Promise<void> {
  const keyOf = (id: string) => ({
    tenantId: desk.tenant.id,
    id,
    name: "Shop",
    prefix: "pk_0123456789",
    keyHash: new Uint8Array(createHash("sha256").update(id).digest()),
    role: "ADMIN" as const,
    scopes: ["contacts.read"],
    ...state,
  });
  await api.context.database.withSystem((tx) =>
    tx.apiKey.createMany({ data: Array.from({ length: count }, () => keyOf(newId())) }),
  );
}

const makeKey = (by: Client = admin) => by.post("/api-keys", { name: "Shop", scopes: ["contacts.read"] });

describe("API keys that are in force", () => {
  test("are a hundred at most, and whoever wants one more is told to revoke one", async () => {
    await seedKeys(MOST_KEYS - 1);
    const last = await makeKey();
    expect(last.status).toBe(201);
    expect(await makeKey()).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: expect.stringMatching(/100 API keys.*revoke one/) },
    });
    expect((await admin.delete(`/api-keys/${last.body.data.id}`)).status).toBe(204);
    expect((await makeKey()).status).toBe(201);
  });

  test("are no more when they are made at once", async () => {
    await seedKeys(MOST_KEYS - 3);
    expect(countStatuses(await atOnce(8, () => makeKey()))).toEqual({ 201: 3, 409: 5 });
  });

  test("are neither those that were revoked or have expired, nor another company's", async () => {
    const now = api.context.clock.now();
    await seedKeys(MOST_KEYS, { revokedAt: now });
    await seedKeys(MOST_KEYS, { expiresAt: now });
    expect((await makeKey()).status).toBe(201);
    await seedKeys(MOST_KEYS - 1, { expiresAt: new Date(now.getTime() + DAY_MS) });
    expect((await makeKey()).status).toBe(409);
    expect((await makeKey((await openDesk(api)).as({ role: "ADMIN" }))).status).toBe(201);
  });

  test("are not made by a repetition, which is answered as before", async () => {
    await seedKeys(MOST_KEYS - 1);
    const key = { "idempotency-key": newId() };
    const input = { name: "Shop", scopes: ["contacts.read"] };
    const first = await admin.post("/api-keys", input, key);
    const again = await admin.post("/api-keys", input, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.data.id).toBe(first.body.data.id);
  });
});

async function seedInvitations(count: number, state: { revokedAt?: Date; expiresAt?: Date } = {}): Promise<void> {
  const now = api.context.clock.now();
  const stamps = { createdAt: now, mailedAt: now, expiresAt: new Date(now.getTime() + DAY_MS) };
  const invitationOf = (id: string) => ({
    tenantId: desk.tenant.id,
    id,
    email: `${id}@users.example`,
    role: "AGENT" as const,
    ...stamps,
    ...state,
  });
  await api.context.database.withSystem((tx) =>
    tx.invitation.createMany({ data: Array.from({ length: count }, () => invitationOf(newId())) }),
  );
}

const invite = (email: string = `${randomUUID()}@users.example`, by: Client = admin) =>
  by.post("/invitations", { email, role: "agent" });

describe("open invitations", () => {
  test("are five hundred at most, and whoever wants one more is told what to do", async () => {
    await seedInvitations(MOST_INVITATIONS - 1);
    const last = await invite();
    expect(last.status).toBe(201);
    expect(await invite()).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: expect.stringMatching(/500 open invitations.*revoke some/) },
    });
    expect((await admin.delete(`/invitations/${last.body.data.id}`)).status).toBe(204);
    expect((await invite()).status).toBe(201);
  });

  test("are no more when they are made at once", async () => {
    await seedInvitations(MOST_INVITATIONS - 3);
    expect(countStatuses(await atOnce(8, () => invite()))).toEqual({ 201: 3, 409: 5 });
  });

  test("are neither those that were revoked or have expired, nor another company's", async () => {
    const now = api.context.clock.now();
    await seedInvitations(MOST_INVITATIONS, { revokedAt: now });
    await seedInvitations(MOST_INVITATIONS, { expiresAt: now });
    expect((await invite()).status).toBe(201);
    await seedInvitations(MOST_INVITATIONS - 1);
    expect((await invite()).status).toBe(409);
    expect((await invite(undefined, (await openDesk(api)).as({ role: "ADMIN" }))).status).toBe(201);
  });

  test("can be renewed when there are as many as there may be, by several at once too", async () => {
    const email = `${randomUUID()}@users.example`;
    await seedInvitations(MOST_INVITATIONS - 1);
    expect((await invite(email)).status).toBe(201);
    expect(countStatuses(await atOnce(4, () => invite(email)))).toEqual({ 201: 4 });
    const { body } = await admin.get("/invitations?status=open&limit=200");
    expect(body.data.filter((open: { email: string }) => open.email === email)).toHaveLength(1);
  });
});
