import { actingAs } from "@parley/queue/testing";
import { buildTenant, buildUser, waitUntil, type BuiltUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApiKey } from "../api-keys/index.ts";
import { createAuthContext, type TestAuthContext } from "../auth/auth.fixture.ts";
import { claimKey } from "../idempotency/index.ts";
import { createInvitation } from "../invitations/index.ts";
import { changeMember, removeMember } from "../members/index.ts";
import type { RequestContext } from "./request-context.ts";

let ctx: TestAuthContext;
let tenantId: string;
let admin: BuiltUser;
let accomplice: BuiltUser;

beforeAll(async () => {
  ctx = await createAuthContext();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  admin = await buildUser(ctx, { tenantId, role: "ADMIN" });
  accomplice = await buildUser(ctx, { tenantId });
});

/** As the request has it, which looked up some seconds ago who they are. */
const asAdmin = (): RequestContext => actingAs(ctx, { userId: admin.id, tenantId, role: "ADMIN" });
const asPlatform = (userId: string): RequestContext =>
  actingAs(ctx, { userId, tenantId, role: null, isSuperAdmin: true });

type Verb = (as: RequestContext) => Promise<unknown>;

const key: Verb = (as) => createApiKey(as, { name: "Shop", scopes: ["tickets.read"] });
const VERBS: [string, Verb][] = [
  ["makes a key", key],
  ["invites", (as) => createInvitation(as, { email: "guest@users.example", role: "ADMIN" })],
  ["promotes", (as) => changeMember(as, { id: accomplice.id, role: "ADMIN" })],
  ["removes", (as) => removeMember(as, { id: accomplice.id })],
];

const becomes = (role: "AGENT" | null) =>
  ctx.database.withSystem((tx) => {
    const where = { tenantId_userId: { tenantId, userId: admin.id } };
    return role ? tx.membership.update({ where, data: { role } }) : tx.membership.delete({ where });
  });

async function whatIsThere() {
  return ctx.database.withSystem(async (tx) => ({
    keys: await tx.apiKey.count({ where: { tenantId } }),
    invitations: await tx.invitation.count({ where: { tenantId } }),
    accomplice: (await tx.membership.findFirst({ where: { tenantId, userId: accomplice.id } }))?.role,
    written: await tx.auditEntry.count({ where: { tenantId } }),
  }));
}

const NOTHING = { keys: 0, invitations: 0, accomplice: "AGENT", written: 0 };
const forbidden = { code: "forbidden" };

/** Whether somebody waits for a lock in the database of this test. */
async function isWaiting(): Promise<boolean> {
  const [row] = await ctx.database.withSystem(
    (tx) => tx.$queryRaw<{ count: number }[]>`
      select count(*)::int as count
        from pg_locks join pg_stat_activity using (pid)
       where not granted and datname = current_database()`,
  );
  return row?.count === 1;
}

describe.each(VERBS)("whoever %s", (_what, verb) => {
  test("may do so as an administrator", async () => {
    await expect(verb(asAdmin())).resolves.not.toThrow();
  });

  test.each(["AGENT", null] as const)("does not as somebody who became %s a moment ago", async (role) => {
    await becomes(role);
    await expect(verb(asAdmin())).rejects.toMatchObject(forbidden);
    expect(await whatIsThere()).toEqual(NOTHING);
  });

  test("waits for whoever is taking their role away", async () => {
    const { outcome } = await ctx.database.withSystem(async (tx) => {
      await tx.membership.updateMany({ where: { tenantId, userId: admin.id }, data: { role: "AGENT" } });
      const attempt = verb(asAdmin()).catch((error: unknown) => error);
      await waitUntil(isWaiting, "the verb waits for the role");
      // In an object, because it ends only after this transaction.
      return { outcome: attempt };
    });
    expect(await outcome).toMatchObject(forbidden);
    expect(await whatIsThere()).toEqual(NOTHING);
  });

  test("does so as a SUPER_ADMIN, and no more as one who was", async () => {
    const { id } = await buildUser(ctx, { isSuperAdmin: true });
    await ctx.database.withSystem((tx) => tx.user.update({ where: { id }, data: { isSuperAdmin: false } }));
    await expect(verb(asPlatform(id))).rejects.toMatchObject(forbidden);
    expect(await whatIsThere()).toEqual(NOTHING);
    await ctx.database.withSystem((tx) => tx.user.update({ where: { id }, data: { isSuperAdmin: true } }));
    await expect(verb(asPlatform(id))).resolves.not.toThrow();
  });
});

test("whoever was removed is not shown the key again that they have made", async () => {
  const under = { method: "POST", path: "/api/v1/api-keys", body: {} };
  const idempotency = () => ({ idempotency: claimKey("key-1", under) });
  await key({ ...asAdmin(), ...idempotency() });
  await becomes(null);
  await expect(key({ ...asAdmin(), ...idempotency() })).rejects.toMatchObject(forbidden);
});

test("a key has the role that its maker holds, not the one that they held", async () => {
  const asOwner = actingAs(ctx, { userId: admin.id, tenantId, role: "OWNER" });
  const { id } = await createApiKey(asOwner, { name: "Shop", scopes: ["tickets.read"] });
  const stored = await ctx.database.withSystem((tx) => tx.apiKey.findFirstOrThrow({ where: { id } }));
  expect(stored.role).toBe("ADMIN");
});

test("two administrators who remove each other at the same moment wait for one another", async () => {
  const other = await buildUser(ctx, { tenantId, role: "ADMIN" });
  await buildUser(ctx, { tenantId, role: "OWNER" });
  const asOther = actingAs(ctx, { userId: other.id, tenantId, role: "ADMIN" });
  const outcomes = await Promise.allSettled([
    removeMember(asAdmin(), { id: other.id }),
    removeMember(asOther, { id: admin.id }),
  ]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  const left = await ctx.database.withSystem((tx) => tx.membership.count({ where: { tenantId, role: "ADMIN" } }));
  expect(left).toBe(1);
});
