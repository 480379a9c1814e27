import { sqlOf, statement, type AnyTx, type Sql } from "@parley/db";

/** A ticket with where it belongs from now on. */
export interface TicketPlace {
  id: string;
  conversationId: string;
  contactId: string;
  /** The ticket that it stands beside; null: it is the conversation's own; undefined: as it was. */
  besideId?: string | null | undefined;
}

// ticket_pkey
const MOVE_TICKETS = statement(
  "merge_move_tickets",
  `update ticket t
      set conversation_id = k.conversation_id, contact_id = k.contact_id,
          split_from_id = case when k.is_set then k.beside_id else t.split_from_id end,
          version = t.version + 1, updated_at = $7
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bool[], $6::uuid[])
          as k (id, conversation_id, contact_id, is_set, beside_id)
    where t.tenant_id = $1 and t.id = k.id`,
);
// satisfaction_survey_pkey
const SURVEYS_FOLLOW = statement(
  "merge_surveys_follow",
  `update satisfaction_survey s set conversation_id = t.conversation_id
     from ticket t
    where t.tenant_id = $1 and t.id = any($2) and s.tenant_id = $1 and s.ticket_id = t.id
      and s.conversation_id <> t.conversation_id`,
);
// sla_ticket_pkey
const SLA_FOLLOWS = statement(
  "merge_sla_follows",
  `update sla_ticket s set conversation_id = t.conversation_id
     from ticket t
    where t.tenant_id = $1 and t.id = any($2) and s.tenant_id = $1 and s.ticket_id = t.id
      and s.conversation_id <> t.conversation_id`,
);

/** Puts tickets where they belong, with what is kept of them elsewhere. The caller holds them and their conversations. */
export async function moveTickets(
  tx: AnyTx,
  tenantId: string,
  places: readonly TicketPlace[],
  at: Date,
): Promise<void> {
  if (places.length === 0) return;
  const sql = sqlOf(tx);
  const ids = places.map(({ id }) => id);
  await sql.run(MOVE_TICKETS, [
    tenantId,
    ids,
    places.map(({ conversationId }) => conversationId),
    places.map(({ contactId }) => contactId),
    places.map(({ besideId }) => besideId !== undefined),
    places.map(({ besideId }) => besideId ?? null),
    at,
  ]);
  await sql.run(SURVEYS_FOLLOW, [tenantId, ids]);
  await sql.run(SLA_FOLLOWS, [tenantId, ids]);
}

// ai_response_draft_waiting_idx, message_pkey
const DRAFTS_FOLLOW = statement(
  "merge_drafts_follow",
  `update ai_response_draft d set conversation_id = m.conversation_id
     from message m
    where d.tenant_id = $1 and d.conversation_id = any($2)
      and m.tenant_id = $1 and m.id = d.message_id and m.conversation_id <> d.conversation_id`,
);

/** What the AI has drafted follows the messages that it answers, out of the conversations given. */
export async function letDraftsFollow(sql: Sql, tenantId: string, conversationIds: readonly string[]): Promise<void> {
  await sql.run(DRAFTS_FOLLOW, [tenantId, conversationIds]);
}
