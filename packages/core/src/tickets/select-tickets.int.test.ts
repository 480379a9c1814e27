import { unnamed, type TicketStatus } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildUser } from "@parley/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countTickets, selectTickets, type Query } from "./select-tickets.ts";
import type { TicketAsker } from "./ticket-condition.ts";
import type { TicketFilter } from "./ticket-filter.ts";
import { TICKET_SORTS } from "./ticket-sort.ts";

let ctx: TestContext;
let asker: TicketAsker;

const UNFINISHED = ["OPEN", "PENDING", "WAITING_CUSTOMER", "ESCALATED"] as const;

/** Mostly finished, as tickets are after some time. */
function statusOf(index: number): TicketStatus {
  const unfinished = index % 5 === 4 ? UNFINISHED[(index / 5) & 3] : undefined;
  return unfinished ?? (index % 3 === 0 ? "RESOLVED" : "CLOSED");
}

/** Several companies, and what PostgreSQL knows of their tickets. */
beforeAll(async () => {
  ctx = await createTestContext();
  for (let company = 0; company < 4; company += 1) {
    const { id: tenantId } = await buildTenant(ctx);
    const { id: me } = await buildUser(ctx, { tenantId });
    asker = { tenantId, me };
    const { id: conversationId, contactId, inboxId } = await buildConversation(ctx, { tenantId });
    const subjects = { tenantId, conversationId, contactId, inboxId, channel: "WHATSAPP" as const };
    const first = newId();
    await ctx.database.withSystem((tx) =>
      tx.ticket.createMany({
        data: Array.from({ length: 2_000 }, (_empty, index) => ({
          ...subjects,
          id: index === 0 ? first : newId(),
          number: index + 1,
          status: statusOf(index),
          // Those stand beside each other in one conversation.
          splitFromId: index === 0 ? null : first,
          priority: index % 2 === 0 ? ("LOW" as const) : ("HIGH" as const),
          assigneeId: index % 4 === 0 ? me : null,
          createdAt: new Date(Date.now() - index * 1_000),
        })),
      }),
    );
  }
  const owner = new Client({ connectionString: ctx.urls.ownerUrl });
  await owner.connect();
  await owner.query("analyze");
  await owner.end();
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

test("a count asks for each status by itself as well", async () => {
  const plan = await planOf(countTickets([[{ status: ["OPEN", "ESCALATED"] }]], asker, 1_001));
  expect(indexesIn(plan)).toEqual(["ticket_open_idx", "ticket_escalated_idx"]);
});
