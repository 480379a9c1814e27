import { describeDataError, isServerFault, isStatementTimeout, isUniqueViolation, type Sql } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import { fetchRow } from "../media/index.ts";
import { applyUpdates, releaseHeld, type MessageUpdate } from "../message-updates/index.ts";
import { thankForAnswers } from "../surveys/index.ts";
import { applyMessages } from "./apply-messages.ts";
import { findInboxes } from "./find-inboxes.ts";
import { parseRawEvent, type ParsedRawEvent } from "./parse-raw-event.ts";
import { claimRawEvents, finishRawEvents, readRawEvents } from "./raw-event.ts";
import { routeParts } from "./route-parts.ts";
import { spreadOverLanes } from "./spread-over-lanes.ts";

const UNIQUE_VIOLATION_TRIES = 3;

/**
 * Turns raw webhook events into contacts, conversations, messages, tickets and events, set-wise, a bounded number of
 * bytes at a time. Events that another worker holds or has finished are left alone, so it can be repeated. When a batch
 * fails by what is in it, it is split until the event that cannot be applied stands alone and is quarantined; a
 * database that is away, or not as it should be, is an error of the whole batch, to be tried again.
 */
export async function applyRawEvents(ctx: SystemContext, rawEventIds: readonly string[]): Promise<void> {
  for (let waiting = rawEventIds; waiting.length > 0;) {
    const { events, left } = await readRawEvents(ctx.database.system, waiting);
    const lanes = spreadOverLanes(events.map((event) => parseRawEvent(event, ctx.logger)));
    await Promise.all(lanes.map((lane) => applyOrSplit(ctx, lane)));
    waiting = left;
  }
}

async function applyOrSplit(ctx: SystemContext, events: readonly ParsedRawEvent[]): Promise<void> {
  try {
    await applyWithRetry(ctx, events);
  } catch (error) {
    // A batch that takes too long may be too large: its half is tried before it is left for later.
    if (isServerFault(error) && !(isStatementTimeout(error) && events.length > 1)) {
      throw new DomainError("unavailable", "the database cannot serve now; the batch will be tried again", {
        cause: error,
      });
    }
    const [first] = events;
    if (first && events.length === 1) {
      await quarantine(ctx, first.event.id, error);
      return;
    }
    const middle = Math.ceil(events.length / 2);
    await applyOrSplit(ctx, events.slice(0, middle));
    await applyOrSplit(ctx, events.slice(middle));
  }
}

/** A unique index that refuses a row means that somebody else was first: the next try sees their row. */
async function applyWithRetry(ctx: SystemContext, events: readonly ParsedRawEvent[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ctx.database.system.transaction((sql) => applyBatch(ctx, sql, events));
    } catch (error) {
      if (attempt >= UNIQUE_VIOLATION_TRIES || !isUniqueViolation(error)) throw error;
    }
  }
}

async function applyBatch(ctx: SystemContext, sql: Sql, events: readonly ParsedRawEvent[]): Promise<void> {
  const at = ctx.clock.now();
  const claimed = await claimRawEvents(
    sql,
    events.map(({ event }) => event.id),
  );
  const ours = events.filter(({ event }) => claimed.has(event.id));
  if (ours.length === 0) return;
  const { messages, updates, results } = routeParts(ours, await findInboxes(sql, ours));

  const applied = await applyMessages(sql, messages, at);
  const released = await releaseHeld(sql, applied.stored);
  const arrived = updates.map(({ inbox, part }): MessageUpdate => ({
    tenantId: inbox.tenantId,
    inboxId: inbox.id,
    part,
  }));
  const happened: NewEvent[] = [...applied.events, ...(await applyUpdates(ctx, sql, [...released, ...arrived]))];

  await publishEventsSql(ctx, sql, happened);
  await ctx.outbox.enqueueSql(
    sql,
    applied.files.map((file) => fetchRow(file)),
  );
  await thankForAnswers(ctx, sql, applied.answers, at);
  await finishRawEvents(sql, results, at);
}

/** The reason names no content: it is shown in lists. The log has the place in the code. */
async function quarantine(ctx: SystemContext, rawEventId: string, error: unknown): Promise<void> {
  ctx.logger.error({ err: error, rawEventId }, "raw event quarantined");
  const reason = `could not be applied: ${describeDataError(error) ?? "an error in our code, see the log"}`;
  await ctx.database.system.transaction(async (sql) => {
    const claimed = await claimRawEvents(sql, [rawEventId]);
    await finishRawEvents(
      sql,
      [...claimed].map((id) => ({ id, status: "QUARANTINED", reason, ignoredParts: null, inbox: null })),
      ctx.clock.now(),
    );
  });
}
