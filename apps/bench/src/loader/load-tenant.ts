import type pg from "pg";
import { benchId } from "../world/bench-ids.ts";
import { createDraw } from "./draw.ts";
import type { TenantShare } from "./load-size.ts";
import { planConversations } from "./plan-conversations.ts";
import { planMessages } from "./plan-messages.ts";
import { planTickets } from "./plan-tickets.ts";
import { insertContacts, insertIdentifiers } from "./write-contacts.ts";
import { insertConversations, insertReads, PLAN_ENDS } from "./write-conversations.ts";
import { insertEvents, planEvents } from "./write-events.ts";
import { insertMessages } from "./write-messages.ts";
import { writeSearch } from "./write-search.ts";
import { writeReports } from "./write-reports.ts";
import { COUNT_TICKETS, insertTickets, insertTimers, PLAN_LIVES } from "./write-tickets.ts";

/** Rows a statement, where there are many: what somebody who watches hears of at a time. */
const SLICE = 50_000;

/**
 * Writes all of one tenant but its people, in one transaction. `beforeEvents` is the number of the log before its
 * first; `hear` is told how many messages were written since it was last called. The connection has the table `phrases`.
 */
export async function loadTenant(
  client: pg.Client,
  {
    share,
    seed,
    beforeEvents,
    hear,
  }: { share: TenantShare; seed: number; beforeEvents: bigint; hear: (messages: number) => void },
): Promise<void> {
  const { tenant } = share;
  const draw = createDraw(`${seed}/${tenant}`);
  await client.query("begin");
  await plan(client, "plan_conversation", planConversations(draw, share));
  await plan(client, "plan_ticket", planTickets(draw, tenant));
  await plan(client, "plan_message", planMessages(draw, tenant));
  await client.query("create unique index on plan_message (number)");
  await plan(client, "plan_end", PLAN_ENDS);
  await plan(client, "plan_life", PLAN_LIVES);

  await client.query(insertContacts(draw, tenant));
  await client.query(insertIdentifiers(draw, tenant));
  await client.query(insertConversations(tenant));
  await client.query(insertReads(tenant));
  await client.query(insertTickets(draw, tenant));
  await client.query(insertTimers(tenant));
  await client.query(COUNT_TICKETS, [benchId("tenant", tenant)]);
  for (const [from, to] of slices(0, share.messages)) {
    await client.query(insertMessages(draw, tenant), [from, to]);
    hear(to - from);
  }
  await writeSearch(client, tenant);
  await writeReports(client, draw, tenant);
  const events = await plan(client, "plan_event", planEvents(draw));
  for (const [from, to] of slices(1, 1 + events)) {
    await client.query(insertEvents(tenant), [from, to, beforeEvents]);
  }
  await client.query("commit");
}

/** Makes a temporary table, which nobody else analyzes, and says how many rows it has. */
async function plan(client: pg.Client, table: string, text: string): Promise<number> {
  const { rowCount } = await client.query(text);
  await client.query(`analyze ${table}`);
  return rowCount ?? 0;
}

function* slices(from: number, to: number): Generator<[number, number]> {
  for (let start = from; start < to; start += SLICE) yield [start, Math.min(start + SLICE, to)];
}
