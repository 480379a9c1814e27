import { statement } from "@parley/db";
import type { JobHandlers } from "@parley/queue";
import { createMicroBatch } from "@parley/runtime";
import { handleByTenant } from "../context/index.ts";
import { slaQueue, type TicketKey } from "../sla-clocks/index.ts";
import { judgeTickets, lockForJudging, type SlaContext } from "./judge-tickets.ts";

/** Tickets of one transaction. */
const CHUNK = 300;
const MAX_EVENTS = 600;
const BATCHES = 2;
/** A batch costs about as much for one event as for twenty. */
const LINGER_MS = 10;

interface EventKey {
  tenantId: string;
  seq: string;
}

// event_pkey
const FIND_TICKETS = statement<TicketKey>(
  "sla_tickets_of_events",
  `select distinct e.tenant_id as "tenantId", e.ticket_id as "ticketId"
     from unnest($1::uuid[], $2::bigint[]) as k (tenant_id, seq)
     join event e on e.tenant_id = k.tenant_id and e.seq = k.seq
    where e.ticket_id is not null`,
);

/** Jobs that are under way at the same time share transactions. */
export function createSlaHandlers(ctx: SlaContext): JobHandlers<(typeof slaQueue)["jobs"]> {
  const batch = createMicroBatch<EventKey[], void>({
    maxItems: MAX_EVENTS,
    weightOf: (keys) => keys.length,
    maxWeight: MAX_EVENTS,
    concurrency: BATCHES,
    lingerMs: LINGER_MS,
    async run(jobs) {
      await followEvents(ctx, jobs.flat());
      return jobs.map(() => undefined);
    },
  });
  return handleByTenant(ctx, slaQueue, ({ tenantId, seqs }) => batch.submit(seqs.map((seq) => ({ tenantId, seq }))));
}

async function followEvents(ctx: SlaContext, keys: readonly EventKey[]): Promise<void> {
  const tickets = await ctx.database.system.rows(FIND_TICKETS, [
    keys.map(({ tenantId }) => tenantId),
    keys.map(({ seq }) => seq),
  ]);
  await judgeInChunks(ctx, tickets);
}

/** Judges tickets by what their logs say by now. */
export async function judgeInChunks(ctx: SlaContext, tickets: readonly TicketKey[]): Promise<void> {
  for (let start = 0; start < tickets.length; start += CHUNK) {
    const chunk = tickets.slice(start, start + CHUNK);
    await ctx.database.system.transaction(async (sql) => {
      const locked = await lockForJudging(sql, chunk);
      if (locked.length > 0) await judgeTickets(ctx, sql, locked);
    });
  }
}
