import { unnamed } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildContact, buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOOK_UP } from "./look-up-contacts.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());

test("whoever has an identifier is found by an index, under row-level security as well", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const { identifiers } = await buildContact(ctx, { tenantId });
  const sql = ctx.database.tenantSql(tenantId);
  const values = [tenantId, identifiers[0]?.value, ["PHONE", "WHATSAPP"]];
  expect(await sql.rows(LOOK_UP, values)).toHaveLength(1);
  const plan = await sql.rows(unnamed<Record<string, string>>(`explain ${LOOK_UP.text}`), values);
  const lines = plan.flatMap((row) => Object.values(row)).join("\n");
  expect(lines).toMatch(/contact_identifier_tenant_id_value_idx[^\n]*\n\s*Index Cond: .*value = /);
});
