import { sqlOf, statement } from "@parley/db";
import { lockConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { findTicketOfNewMessages } from "../tickets/index.ts";
import type { TimerHandler } from "../timers/index.ts";
import { findUnanswered } from "./find-unanswered.ts";

// conversation_turn_pkey
const END_BURST = statement<{ turnMessageId: string | null }>(
  "turn_end_burst",
  `update conversation_turn set burst_started_at = null
    where tenant_id = $1 and conversation_id = $2
   returning turn_message_id as "turnMessageId"`,
);
const NOTE_TURN = statement(
  "turn_note",
  "update conversation_turn set turn_message_id = $3 where tenant_id = $1 and conversation_id = $2",
);

/**
 * What the timer of a conversation does when its customer has finished writing: TURN_DUE tells rules what is to be answered,
 * once for each newest message. Nothing, if it was answered by now or the ticket has ended.
 */
export const takeTurn: TimerHandler = async (ctx, tx, { tenantId, subjectId: conversationId }) => {
  const conversation = await lockConversation(tx, tenantId, conversationId);
  const sql = sqlOf(tx);
  const [turn] = await sql.rows(END_BURST, [tenantId, conversationId]);
  const unanswered = await findUnanswered(sql, conversation);
  const newest = unanswered.reduce<(typeof unanswered)[number] | undefined>(
    (latest, message) => (latest === undefined || message.id > latest.id ? message : latest),
    undefined,
  );
  if (!newest || newest.id === turn?.turnMessageId) return;
  const ticket = await findTicketOfNewMessages(tx, { tenantId, conversationId });
  // What quotes a ticket that was split off is left to whoever has that one.
  if (!ticket || newest.ticketId !== ticket.id) return;
  await sql.run(NOTE_TURN, [tenantId, conversationId, newest.id]);
  const messageIds = unanswered.filter(({ ticketId }) => ticketId === ticket.id).map(({ id }) => id);
  await publishEvents(ctx, tx, [
    {
      tenantId,
      contactId: conversation.contactId,
      conversationId,
      ticketId: ticket.id,
      messageId: newest.id,
      actorType: "SYSTEM",
      type: "TURN_DUE",
      data: { messageIds },
    },
  ]);
};
