import { ReportKind, unnamed } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addUnits } from "./count-subjects.ts";
import { kindColumn } from "./kind-columns.ts";
import { readDayCounts } from "./read-day-counts.ts";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());

const namesOf = async (query: string): Promise<string[]> =>
  (await ctx.database.system.rows(unnamed<{ name: string }>(query), [])).map(({ name }) => name);

const ADD = unnamed<object>(
  `with moved as (
     select $1::uuid as tenant_id, timestamp '2026-03-02 08:00' as local_at, false as is_next, kind, units,
            $1::uuid as inbox_id, null::uuid as agent_id
       from unnest($2::report_kind[], $3::int[]) m (kind, units)
   ), ${addUnits("moved")}
   select`,
);

test("every kind that the database knows has a column, and no column is of anything else", async () => {
  const kinds = await namesOf("select unnest(enum_range(null::report_kind))::text as name");
  expect(Object.values(ReportKind)).toEqual(kinds);
  const columns = await namesOf(
    `select attname as name from pg_attribute
      where attrelid = 'report_day'::regclass and attnum > 0 and not attisdropped`,
  );
  expect(columns.toSorted()).toEqual(
    ["tenant_id", "day", "is_next", ...kinds.map((kind) => kind.toLowerCase())].toSorted(),
  );
});

test("each kind is added up in its own column, and read from it", async () => {
  const { id: tenantId } = await buildTenant(ctx);
  const kinds = Object.values(ReportKind);
  const units = kinds.map((_kind, index) => 2 ** index);
  await ctx.database.system.rows(ADD, [tenantId, kinds, units]);
  await ctx.database.system.rows(ADD, [tenantId, ["READ", "QUEUED", "SENT"], [5, -3, 0]]);
  const read = await readDayCounts(ctx.database.tenantSql(tenantId), tenantId, {
    from: "2026-03-02",
    to: "2026-03-02",
  });
  const more: Partial<Record<ReportKind, number>> = { READ: 5, QUEUED: -3 };
  expect(read.kinds).toEqual(
    Object.fromEntries(kinds.map((kind, index) => [kindColumn(kind), (units[index] ?? 0) + (more[kind] ?? 0)])),
  );
  const { received, sent, delivered, read: seen, played } = read.kinds;
  expect(read.days).toEqual([{ date: "2026-03-02", sent: sent + delivered + seen + played, received }]);
});
