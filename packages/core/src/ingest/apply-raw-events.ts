import { parseWhatsAppWebhook, type InboundPart } from "@parley/channels";
import { describeDataError, isServerFault, isUniqueViolation, type Channel, type Sql } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import { applyUpdates, releaseHeld, type MessageUpdate } from "../message-updates/index.ts";
import { applyMessages } from "./apply-messages.ts";
import { findInboxes } from "./find-inboxes.ts";
import { claimRawEvents, finishRawEvents, type ClaimedRawEvent } from "./raw-event.ts";
import { routeParts, type ReadRawEvent } from "./route-parts.ts";

/** How a channel's raw bytes are read. Grows by one line a channel. */
const PARSERS: Partial<Record<Channel, (body: Buffer) => InboundPart[]>> = { WHATSAPP: parseWhatsAppWebhook };

const UNIQUE_VIOLATION_TRIES = 3;

/**
 * Turns raw webhook events into contacts, conversations, messages, tickets and events, set-wise, in transactions that
 * load a bounded number of bytes each. Events that another worker holds or has finished are left alone, so it can be
 * repeated. When a batch fails by what is in it, it is split until the event that cannot be applied stands alone and
 * is quarantined; a database that is away, or not as it should be, is an error of the whole batch, to be tried again.
 */
export async function applyRawEvents(ctx: SystemContext, rawEventIds: readonly string[]): Promise<void> {
  for (let left = rawEventIds; left.length > 0;) left = await applyOrSplit(ctx, left);
}

/** Returns the events that there was no room for. */
async function applyOrSplit(ctx: SystemContext, rawEventIds: readonly string[]): Promise<readonly string[]> {
  try {
    return await applyWithRetry(ctx, rawEventIds);
  } catch (error) {
    if (isServerFault(error)) {
      throw new DomainError("unavailable", "the database cannot serve now; the batch will be tried again", {
        cause: error,
      });
    }
    if (rawEventIds.length === 1) {
      await quarantine(ctx, rawEventIds, error);
      return [];
    }
    const middle = Math.ceil(rawEventIds.length / 2);
    await applyRawEvents(ctx, rawEventIds.slice(0, middle));
    await applyRawEvents(ctx, rawEventIds.slice(middle));
    return [];
  }
}

/** A unique index that refuses a row means that somebody else was first: the next try sees their row. */
async function applyWithRetry(ctx: SystemContext, rawEventIds: readonly string[]): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ctx.database.system.transaction((sql) => applyBatch(ctx, sql, rawEventIds));
    } catch (error) {
      if (attempt >= UNIQUE_VIOLATION_TRIES || !isUniqueViolation(error)) throw error;
    }
  }
}

async function applyBatch(ctx: SystemContext, sql: Sql, rawEventIds: readonly string[]): Promise<string[]> {
  const at = ctx.clock.now();
  const claimed = await claimRawEvents(sql, rawEventIds);
  const read = claimed.events.map(readRawEvent);
  if (read.length === 0) return [];
  const findInbox = await findInboxes(sql, read.flatMap(accountsOf));
  const { messages, updates, results } = routeParts(read, findInbox);

  const applied = await applyMessages(sql, messages, at);
  const released = await releaseHeld(sql, applied.stored);
  const arrived = updates.map(({ inbox, part }): MessageUpdate => ({
    tenantId: inbox.tenantId,
    inboxId: inbox.id,
    part,
  }));
  const events: NewEvent[] = [...applied.events, ...(await applyUpdates(ctx, sql, [...released, ...arrived]))];

  await publishEventsSql(ctx, sql, events);
  await finishRawEvents(sql, results, at);
  return claimed.left;
}

function readRawEvent(event: ClaimedRawEvent): ReadRawEvent {
  const parse = PARSERS[event.channel];
  return { event, parts: parse ? parse(event.body) : [{ kind: "unreadable", reason: "channel_without_parser" }] };
}

function accountsOf({ event, parts }: ReadRawEvent): { channel: Channel; account: string }[] {
  return parts.flatMap(({ account }) => (account === undefined ? [] : [{ channel: event.channel, account }]));
}

/** The reason names no content: it is shown in lists. The log has the place in the code. */
async function quarantine(ctx: SystemContext, rawEventIds: readonly string[], error: unknown): Promise<void> {
  ctx.logger.error({ err: error, rawEventIds }, "raw event quarantined");
  const reason = `could not be applied: ${describeDataError(error) ?? "an error in our code, see the log"}`;
  await ctx.database.system.transaction(async (sql) => {
    const { events } = await claimRawEvents(sql, rawEventIds);
    await finishRawEvents(
      sql,
      events.map(({ id }) => ({ id, status: "QUARANTINED", reason, ignoredParts: null, inbox: null })),
      ctx.clock.now(),
    );
  });
}
