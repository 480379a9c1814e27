import type { Sql } from "@parley/db";
import type { OutboxRow } from "@parley/queue";
import { publishEvents, type NewEvent } from "../events/index.ts";
import type { RulesContext } from "./rules-context.ts";

/** A context for all that happens in one transaction, and how what it was given is written in the end. */
export interface Gathering {
  ctx: RulesContext;
  /** Appends the events, `more` behind them, and enqueues the jobs. */
  write(sql: Sql, more: readonly NewEvent[]): Promise<void>;
}

/** What many rules tell the log and enqueue in one transaction is written by one statement each, at its end. */
export function gatherWrites(ctx: RulesContext): Gathering {
  const events: NewEvent[] = [];
  const rows: OutboxRow[] = [];
  const gather = async (_tx: unknown, given: readonly OutboxRow[]): Promise<void> => {
    rows.push(...given);
  };
  return {
    ctx: { ...ctx, outbox: { ...ctx.outbox, enqueue: gather, enqueueSql: gather }, gatheredEvents: events },
    async write(sql, more) {
      await publishEvents(ctx, sql, [...events, ...more]);
      await ctx.outbox.enqueueSql(sql, rows);
    },
  };
}
