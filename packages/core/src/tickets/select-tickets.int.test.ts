import { unnamed } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UNFINISHED, writeManyTickets } from "./many-tickets.fixture.ts";
import { selectTickets, type Query } from "./select-tickets.ts";
import type { TicketAsker } from "./ticket-condition.ts";
import type { TicketFilter } from "./ticket-filter.ts";
import { TICKET_SORTS } from "./ticket-sort.ts";

let ctx: TestContext;
let asker: TicketAsker;

beforeAll(async () => {
  ctx = await createTestContext();
  ({ asker } = await writeManyTickets(ctx));
});
afterAll(() => ctx.close());

/** How PostgreSQL would answer, as the role that requests have. */
async function planOf({ statement, values }: Query<object>): Promise<string> {
  const explain = unnamed<{ "QUERY PLAN": string }>(`explain ${statement.text}`);
  const lines = await ctx.database.tenantSql(asker.tenantId).rows(explain, values);
  return lines.map((line) => line["QUERY PLAN"]).join("\n");
}

/** Those that are read for themselves or for a bitmap. */
function indexesIn(plan: string): string[] {
  return [...plan.matchAll(/Scan (?:using|on) (\w+_idx)/g)].map(([, index = ""]) => index);
}

const page = { sort: TICKET_SORTS.newest, key: undefined, limit: 51 };

test.each<[TicketFilter, string[]]>([
  [{ status: ["OPEN"], priority: ["URGENT"], channel: ["EMAIL"] }, ["ticket_open_idx"]],
  [
    { status: [...UNFINISHED] },
    ["ticket_open_idx", "ticket_pending_idx", "ticket_waiting_customer_idx", "ticket_escalated_idx"],
  ],
  [{ status: ["RESOLVED"] }, ["ticket_resolved_idx"]],
  [{ status: ["CLOSED"], priority: ["HIGH"] }, ["ticket_closed_idx"]],
  [{ status: ["OPEN", "PENDING"], assigneeId: "me" }, ["ticket_load_idx"]],
  [{}, ["ticket_tenant_id_created_at_id_idx"]],
])("under row-level security a list of %j reads the indexes that are meant for it", async (filter, indexes) => {
  const plan = await planOf(selectTickets([filter], asker, page));
  expect(indexesIn(plan)).toEqual(indexes);
});

test("each order of unfinished tickets has an index", async () => {
  const unfinished: TicketFilter = { status: [...UNFINISHED] };
  const byPriority = await planOf(selectTickets([unfinished], asker, { ...page, sort: TICKET_SORTS.priority }));
  expect(indexesIn(byPriority)).toEqual(["ticket_urgency_idx"]);
  const byUpdate = await planOf(selectTickets([{}], asker, { ...page, sort: TICKET_SORTS.updated }));
  expect(indexesIn(byUpdate)).toEqual(["ticket_tenant_id_updated_at_id_idx"]);
});
