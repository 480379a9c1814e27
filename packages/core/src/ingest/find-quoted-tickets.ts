import { statement, type Sql } from "@parley/db";
import type { FoundTicket } from "./find-latest-tickets.ts";
import type { IncomingMessage } from "./incoming-message.ts";

interface QuotedRow extends FoundTicket {
  inboxId: string;
  externalId: string;
}

// message_tenant_id_inbox_id_external_id_key, ticket_pkey
const FIND_QUOTED = statement<QuotedRow>(
  "ticket_find_quoted",
  `select m.inbox_id as "inboxId", m.external_id as "externalId", t.tenant_id as "tenantId",
          t.conversation_id as "conversationId", t.id, t.status, t.resolved_at as "endedAt",
          t.snoozed_at is not null as "isSnoozed", t.assignee_id as "assigneeId", t.team_id as "teamId"
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (tenant_id, inbox_id, external_id)
     join message m using (tenant_id, inbox_id, external_id)
     join ticket t on t.tenant_id = m.tenant_id and t.id = m.ticket_id and t.conversation_id = m.conversation_id
    where t.split_from_id is not null and t.status not in ('RESOLVED', 'CLOSED')`,
);

/**
 * By message id, the ticket of those messages that quote one of a ticket that was split off their conversation and is
 * being worked on. Costs nothing where nobody quotes. The caller holds the locks of the conversations.
 */
export async function findQuotedTickets(
  sql: Sql,
  messages: readonly IncomingMessage[],
): Promise<Map<string, FoundTicket>> {
  const quoting = messages.filter(({ part }) => part.replyToExternalId !== undefined);
  if (quoting.length === 0) return new Map();
  const rows = await sql.rows(FIND_QUOTED, [
    quoting.map(({ inbox }) => inbox.tenantId),
    quoting.map(({ inbox }) => inbox.id),
    quoting.map(({ part }) => part.replyToExternalId),
  ]);
  const quoted = new Map(rows.map((row) => [`${row.inboxId} ${row.externalId}`, row]));
  const found = new Map<string, FoundTicket>();
  for (const { id, inbox, part, conversation } of quoting) {
    const ticket = quoted.get(`${inbox.id} ${part.replyToExternalId}`);
    if (ticket?.conversationId === conversation.id) found.set(id, ticket);
  }
  return found;
}
