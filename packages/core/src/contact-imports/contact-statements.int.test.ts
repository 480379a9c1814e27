import { unnamed, type Statement } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FIND_BY_IDS, FIND_TRIED_IDS } from "./find-by-ids.ts";
import { FIND_IDENTIFIERS, FIND_KEYS, HOLD_IDENTIFIERS } from "./contact-statements.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());

test.each<[string, Statement<object>, unknown[]]>([
  ["held", HOLD_IDENTIFIERS, []],
  ["found", FIND_IDENTIFIERS, []],
  ["found of a dry run", FIND_KEYS, [newId()]],
])(
  "identifiers are %s one by one in an index, also by a plan that is made before there are any",
  async (_what, query, more) => {
    const { id: tenantId } = await buildTenant(ctx);
    const values = Array.from({ length: 1_000 }, (_none, index) => `${index}@customers.example`);
    const given = [tenantId, ...more, values.map(() => "EMAIL"), values];
    const plan = await ctx.database.system.rows(unnamed<Record<string, string>>(`explain ${query.text}`), given);
    const lines = plan.flatMap((row) => Object.values(row)).join("\n");
    expect(lines).toMatch(/Index Cond: .*value = (?:n|k)\.value/);
  },
);

test.each<[string, Statement<object>, unknown[], RegExp[]]>([
  [
    "of contacts, those who were erased and those who were merged away",
    FIND_BY_IDS,
    [],
    [/contact_pkey/, /contact_erasure_tenant_id_contact_id_key/, /contact_merge_tenant_id_source_id_idx/],
  ],
  ["of a dry run", FIND_TRIED_IDS, [newId()], [/contact_import_key_pkey/]],
])("ids are looked up one by one in an index: %s", async (_what, query, more, indexes) => {
  const { id: tenantId } = await buildTenant(ctx);
  const ids = Array.from({ length: 1_000 }, newId);
  const given = [tenantId, ...more, ids];
  const plan = await ctx.database.system.rows(unnamed<Record<string, string>>(`explain ${query.text}`), given);
  const lines = plan.flatMap((row) => Object.values(row)).join("\n");
  for (const index of indexes) expect(lines).toMatch(index);
  expect(lines).not.toMatch(/Hash|Merge Join|Seq Scan/);
});
