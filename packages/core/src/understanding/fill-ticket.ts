import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import {
  applyTicketChange,
  lockTicket,
  type TicketChange,
  type TicketChanger,
  type TicketRow,
} from "../tickets/index.ts";
import type { MessageUnderstanding } from "./message-understanding.ts";
import { storeUnderstanding } from "./understanding-rows.ts";

/** A message of a ticket, with what was understood of it. */
export interface UnderstoodMessage {
  messageId: string;
  understanding: MessageUnderstanding;
}

const BY_UNDERSTANDING: TicketChanger = { mover: "system", actor: { actorType: "AI" }, because: "understood" };

/** What says nothing of what a ticket is about. */
const NO_CATEGORY: ReadonlySet<string> = new Set(["other", "thanks", "human_request"]);
/** Of an intent that becomes a category: agents and reports go by it. */
const LEAST_CONFIDENCE = 0.5;

// message_tenant_id_conversation_id_occurred_at_id_idx, message_understanding_pkey
const FIND_NEWEST = statement<{ messageId: string }>(
  "understanding_find_newest",
  `select m.id as "messageId"
     from message m
     join message_understanding u on u.tenant_id = m.tenant_id and u.message_id = m.id
    where m.tenant_id = $1 and m.conversation_id = $2 and m.ticket_id = $3
    order by m.occurred_at desc, m.id desc
    limit 1`,
);

/**
 * Stores what was understood of messages of a ticket, given in their order, and fills the ticket with it in the same
 * transaction, so each message fills it once: the sentiment is that of the newest message that was understood, whichever
 * came first; category and order only where the ticket has none. What is so already is no change. A ticket that was
 * merged meanwhile is left as it is.
 */
export function fillTicket(
  ctx: SystemContext,
  tenantId: string,
  ticketId: string,
  messages: readonly UnderstoodMessage[],
): Promise<void> {
  return ctx.database.system.transaction(async (sql) => {
    const locked = await lockTicket(sql, tenantId, ticketId);
    const rows = messages.map((message) => ({ tenantId, ...message }));
    const stored = await storeUnderstanding(sql, rows, ctx.clock.now());
    const fresh = messages.filter(({ messageId }) => stored.has(messageId));
    if (fresh.length === 0 || locked.ticket.mergedIntoId !== null) return;
    const newest = await findNewest(sql, locked.ticket);
    await applyTicketChange(ctx, sql, locked, changeOf(locked.ticket, fresh, newest), BY_UNDERSTANDING);
  });
}

function changeOf(
  { category, orderRef }: TicketRow,
  fresh: readonly UnderstoodMessage[],
  newest: string | undefined,
): TicketChange {
  const understood = fresh.map(({ understanding }) => understanding);
  const orders = understood.flatMap(({ entities }) => entities.filter(({ type }) => type === "order_number"));
  return {
    sentiment: fresh.find(({ messageId }) => messageId === newest)?.understanding.sentiment,
    category: category === null ? understood.find(isAboutSomething)?.intent : undefined,
    orderRef: orderRef === null ? orders[0]?.value : undefined,
  };
}

function isAboutSomething({ intent, intentConfidence }: MessageUnderstanding): boolean {
  return intentConfidence >= LEAST_CONFIDENCE && !NO_CATEGORY.has(intent);
}

async function findNewest(tx: AnyTx, { tenantId, conversationId, id }: TicketRow): Promise<string | undefined> {
  const [newest] = await sqlOf(tx).rows(FIND_NEWEST, [tenantId, conversationId, id]);
  return newest?.messageId;
}
