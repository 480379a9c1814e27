import type { Sql, Tx } from "@parley/db";
import type { OutboxRow } from "@parley/queue";
import { createMicroBatch } from "@parley/runtime";
import type { TicketWrite } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { writeTickets, type TicketRow } from "../tickets/index.ts";
import type { RulesContext } from "./rules-context.ts";

/** A context for all that happens in one transaction, and how what it was given is written in the end. */
export interface Gathering {
  ctx: RulesContext;
  /** Appends the events, `more` behind them, and enqueues the jobs. */
  write(sql: Sql, more: readonly NewEvent[]): Promise<void>;
}

/** Of tickets that rules change at the same time so many are written by one statement. */
const MAX_TICKETS = 100;

/**
 * What many rules tell the log and enqueue in one transaction is written by one statement each, at its end; what they
 * change of tickets as they go, those together that change at the same time.
 */
export function gatherWrites(ctx: RulesContext, tx: Tx): Gathering {
  const events: NewEvent[] = [];
  const rows: OutboxRow[] = [];
  const gather = async (_tx: unknown, given: readonly OutboxRow[]): Promise<void> => {
    rows.push(...given);
  };
  const tickets = createMicroBatch<TicketWrite, TicketRow>({
    maxItems: MAX_TICKETS,
    run: (writes) => writeTickets(tx, writes),
  });
  return {
    ctx: {
      ...ctx,
      outbox: { ...ctx.outbox, enqueue: gather, enqueueSql: gather },
      gatheredEvents: events,
      writeTicket: (write) => tickets.submit(write),
    },
    async write(sql, more) {
      await publishEvents(ctx, sql, [...events, ...more]);
      await ctx.outbox.enqueueSql(sql, rows);
    },
  };
}
