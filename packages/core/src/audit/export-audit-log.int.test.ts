import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportAuditLog } from "./export-audit-log.ts";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());

/** Entries of one tenant, oldest first, and their ids. */
async function addEntries(tenantId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const entry = { tenantId, actorType: "SYSTEM", action: "inbox.changed", subjectType: "inbox" } as const;
  await ctx.database.withSystem((tx) => tx.auditEntry.createMany({ data: ids.map((id) => ({ ...entry, id })) }));
  return ids;
}

const UUID_LENGTH = 36;
const idsOf = (piece: string): string[] =>
  piece
    .split("\r\n")
    .slice(0, -1)
    .map((line) => line.slice(0, UUID_LENGTH));

test("thousands of entries come in order and once each, a piece at a time, while others are added", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const others = await buildTenant(ctx);
  const before = await addEntries(tenantId, 2_600);
  await addEntries(others.id, 10);
  const admin = actingAs(ctx, { userId: newId(), tenantId, role: "ADMIN" });

  const pieces: string[] = [];
  for await (const piece of await exportAuditLog(admin, { action: "inbox.changed" })) {
    pieces.push(piece);
    if (pieces.length > 1) await addEntries(tenantId, 20);
  }

  const [header, ...rest] = pieces;
  expect(header).toMatch(/^id,createdAt,actorType,/);
  expect(rest.flatMap(idsOf)).toEqual(before.toReversed());
  expect(Math.max(...rest.map((piece) => idsOf(piece).length))).toBeLessThanOrEqual(500);
});

test("it is in the log before the first piece is taken, with what was asked for", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const userId = newId();
  const admin = actingAs(ctx, { userId, tenantId, role: "ADMIN" });
  const since = new Date("2026-01-31T08:00:00.000Z");
  await exportAuditLog(admin, { action: "inbox.changed", since });
  const entries = await ctx.database.withSystem((tx) => tx.auditEntry.findMany({ where: { tenantId } }));
  expect(entries).toMatchObject([
    {
      actorType: "USER",
      actorId: userId,
      action: "audit_log.exported",
      after: { action: "inbox.changed", since: since.toISOString() },
    },
  ]);
});

test("whoever may not read it exports nothing, and leaves no trace of an export", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const manager = actingAs(ctx, { userId: newId(), tenantId, role: "MANAGER" });
  await expect(exportAuditLog(manager, {})).rejects.toMatchObject({ code: "forbidden" });
  expect(await ctx.database.withSystem((tx) => tx.auditEntry.count({ where: { tenantId } }))).toBe(0);
});
