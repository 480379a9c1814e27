import { unnamed } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIND_IDENTIFIERS } from "./claim-contacts.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());

test.each(["the system", "a request"])(
  "%s looks identifiers up one by one in an index, also by a plan that is made before there are any",
  async (role) => {
    const { id: tenantId } = await buildTenant(ctx);
    const sql = role === "a request" ? ctx.database.tenantSql(tenantId) : ctx.database.system;
    const values = Array.from({ length: 1_000 }, (_none, index) => `${index}@customers.example`);
    const given = [values.map(() => tenantId), values.map(() => "EMAIL"), values];
    const plan = await sql.rows(unnamed<Record<string, string>>(`explain ${FIND_IDENTIFIERS.text}`), given);
    const lines = plan.flatMap((row) => Object.values(row)).join("\n");
    expect(lines).toMatch(/Index Cond: .*value = k\.value/);
  },
);
