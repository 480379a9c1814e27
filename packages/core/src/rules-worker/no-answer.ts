import { statement, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import type { Arrival } from "../rule-events/index.ts";
import { findTicketOfNewMessages } from "../tickets/index.ts";
import { setTimersUnlessSet, type DueTimer, type TimerHandler } from "../timers/index.ts";
import { findUnanswered, findWaitingSince } from "../turns/index.ts";

const MINUTE_MS = 60_000;

/** Starts the clock of customers who are waiting since now; whoever is waiting already has one. */
export async function planNoAnswer(
  ctx: SystemContext,
  sql: Sql,
  arrivals: readonly Arrival[],
  waitsOf: (tenantId: string) => readonly number[],
): Promise<void> {
  const first = new Map<string, DueTimer>();
  for (const { tenantId, conversationId, arrivedAt } of arrivals) {
    const [shortest] = waitsOf(tenantId);
    if (shortest === undefined || first.has(conversationId)) continue;
    const dueAt = new Date(arrivedAt.getTime() + shortest * MINUTE_MS);
    first.set(conversationId, { tenantId, kind: "no_answer", subjectId: conversationId, dueAt });
  }
  await setTimersUnlessSet(ctx, sql, [...first.values()]);
}

// ai_rule_active_idx
const FIND_WAITS = statement<{ minutes: number }>(
  "rule_waits_find",
  `select distinct wait_minutes as minutes
     from ai_rule
    where tenant_id = $1 and is_active and execution_mode <> 'DISABLED' and suspended_at is null
      and wait_minutes is not null
    order by minutes`,
);

/**
 * What the timer of a conversation does whose customer waits: the log says how long that is by now, for each time that a
 * rule waits and that has passed since the timer was set. Fires again for the next one. Whoever was answered waits no more.
 */
export const noAnswer: TimerHandler = async (ctx, tx, { tenantId, subjectId: conversationId, dueAt }) => {
  const conversation = await lockConversation(tx, tenantId, conversationId);
  const since = await findWaitingSince(tx, conversation);
  const ticket = since && (await findTicketOfNewMessages(tx, { tenantId, conversationId }));
  if (!since || !ticket) return;
  const ids = (await findUnanswered(tx, conversation)).map(({ id }) => id);
  const now = ctx.clock.now().getTime();
  const dueOf = (minutes: number): number => since.getTime() + minutes * MINUTE_MS;
  const waits = (await ctx.database.system.rows(FIND_WAITS, [tenantId])).map(({ minutes }) => minutes);
  // What was due before this timer was told before.
  const passed = waits.filter((minutes) => dueOf(minutes) >= dueAt.getTime() && dueOf(minutes) <= now);
  await publishEvents(
    ctx,
    tx,
    passed.map((minutes) => ({
      tenantId,
      contactId: conversation.contactId,
      conversationId,
      ticketId: ticket.id,
      // The newest, so that whoever answers knows whether the customer has said more since.
      messageId: ids.toSorted().at(-1),
      actorType: "SYSTEM" as const,
      type: "NO_ANSWER_TIMEOUT" as const,
      data: { minutes, since: since.toISOString() },
    })),
  );
  const next = waits.find((minutes) => dueOf(minutes) > now);
  return next === undefined ? undefined : new Date(dueOf(next));
};
