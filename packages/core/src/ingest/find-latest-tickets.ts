import { statement, type Sql, type TicketStatus } from "@parley/db";

/** The ticket that a conversation's next message would belong to, as far as the rule needs to know it. */
export interface FoundTicket {
  tenantId: string;
  /** The conversation that was asked for; a ticket that took over another's work may be of a different one. */
  conversationId: string;
  id: string;
  status: TicketStatus;
  /** When it became RESOLVED or CLOSED; null while it is being worked on. */
  endedAt: Date | null;
  /** The ticket's own conversation, where that is another. */
  ofConversationId?: string;
  isSnoozed: boolean;
  assigneeId: string | null;
  teamId: string | null;
}

interface TicketRow extends FoundTicket {
  mergedIntoId: string | null;
}

const COLUMNS = `t.id, t.status, t.resolved_at as "endedAt", t.snoozed_at is not null as "isSnoozed",
          t.assignee_id as "assigneeId", t.team_id as "teamId", t.merged_into_id as "mergedIntoId"`;

// ticket_tenant_id_conversation_id_created_at_idx. The one being worked on comes first, whatever its age. One that was
// split off stands beside and is not asked.
const FIND_LATEST = statement<TicketRow>(
  "ticket_find_latest",
  `select k.tenant_id as "tenantId", k.conversation_id as "conversationId", ${COLUMNS}
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, conversation_id)
    cross join lateral (
      select * from ticket t
       where t.tenant_id = k.tenant_id and t.conversation_id = k.conversation_id and t.split_from_id is null
       order by t.status in ('RESOLVED', 'CLOSED'), t.created_at desc, t.id desc
       limit 1
    ) t`,
);

// ticket_pkey. Of conversations whose locks the caller does not hold, so the tickets themselves are locked.
const LOCK_TICKETS = statement<TicketRow>(
  "ticket_lock_merged_into",
  `select t.tenant_id as "tenantId", t.conversation_id as "conversationId", ${COLUMNS}
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join ticket t using (tenant_id, id)
    order by t.id
      for no key update of t`,
);

/**
 * The latest ticket of each conversation, by the conversation's id. Where that was merged into another, the other one is
 * meant while it is being worked on; afterwards there is none, and the conversation begins anew. Only the other one has
 * to be locked, but then the rest of the batch is locked with it, in the order of ids: `beside` are those of its tickets
 * that are found in another way.
 */
export async function findLatestTickets(
  sql: Sql,
  conversations: readonly { tenantId: string; id: string }[],
  beside: readonly FoundTicket[],
): Promise<Map<string, FoundTicket>> {
  const rows = await sql.rows(FIND_LATEST, [
    conversations.map(({ tenantId }) => tenantId),
    conversations.map(({ id }) => id),
  ]);
  const latest = new Map<string, FoundTicket>(rows.filter(isOwn).map((row) => [row.conversationId, row]));
  let merged = rows.filter((row) => !isOwn(row));
  let others: readonly FoundTicket[] = [...latest.values(), ...beside];
  // One round, but for a target that is merged into a further one while this waits for its lock.
  while (merged.length > 0) {
    const targets = await lockTickets(sql, [...targetsOf(merged), ...others]);
    others = [];
    const followed = merged.flatMap(({ tenantId, conversationId, mergedIntoId }) => {
      const target = targets.get(`${tenantId} ${mergedIntoId}`);
      return target ? [{ target, asked: { ...target, conversationId } }] : [];
    });
    for (const { target, asked } of followed) {
      if (target.endedAt === null) {
        latest.set(asked.conversationId, { ...asked, ofConversationId: target.conversationId });
      }
    }
    merged = followed.flatMap(({ asked }) => (isOwn(asked) ? [] : [asked]));
  }
  return latest;
}

function isOwn({ mergedIntoId }: TicketRow): boolean {
  return mergedIntoId === null;
}

function targetsOf(merged: readonly TicketRow[]): { tenantId: string; id: string }[] {
  return merged.flatMap(({ tenantId, mergedIntoId: id }) => (id === null ? [] : [{ tenantId, id }]));
}

async function lockTickets(
  sql: Sql,
  tickets: readonly { tenantId: string; id: string }[],
): Promise<Map<string, TicketRow>> {
  const wanted = [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()];
  const rows = await sql.rows(LOCK_TICKETS, [wanted.map(({ tenantId }) => tenantId), wanted.map(({ id }) => id)]);
  return new Map(rows.map((row) => [`${row.tenantId} ${row.id}`, row]));
}
