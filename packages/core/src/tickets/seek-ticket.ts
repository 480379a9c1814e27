import { sqlOf, statement, type AnyTx, type ConversationStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { Shown } from "./follow-in-conversation.ts";
import type { NextTicketInput } from "./schemas.ts";
import { TICKET_COLUMNS, toTicketRow, type SelectedTicket, type TicketRow } from "./ticket-row.ts";

/** Somebody who asks for a ticket, and where. */
export interface Seeker extends NextTicketInput {
  tenantId: string;
  userId: string;
}

/** What the seeker has and may have, and what is next: something of their own, else something that is free, locked. */
interface Found {
  load: number;
  capacity: number;
  own?: TicketRow;
  free?: Shown;
}

// ticket_load_idx, whatever the statistics say of ticket_urgency_idx.
const HELD = "select * from ticket where tenant_id = $1 and assignee_id = $2 and status not in ('RESOLVED', 'CLOSED')";
const IS_TO_DO = `
  t.snoozed_at is null and t.status in ('OPEN', 'ESCALATED')
    and ($3::uuid is null or t.inbox_id = $3) and ($4::uuid is null or t.team_id = $4)`;
const FIRST = "order by t.priority desc, t.created_at, t.id limit 1";
const OWN = `select ${TICKET_COLUMNS} from held t where ${IS_TO_DO} ${FIRST}`;

const FIND_OWN = statement<SelectedTicket>("ticket_next_own", `with held as materialized (${HELD}) ${OWN}`);

interface Sought extends SelectedTicket {
  load: number;
  capacity: number;
  /** What its conversation shows; null unless the ticket is free. */
  shownStatus: ConversationStatus | null;
  shownAssigneeId: string | null;
  shownTeamId: string | null;
  shownVersion: number | null;
}

// What is locked already is somebody else's: nobody waits here. ticket_waiting_idx, conversation_pkey, membership_pkey
const SEEK = statement<Sought>(
  "ticket_next_seek",
  `with held as materialized (${HELD}),
   may as materialized (
     select capacity, (select count(*)::int from held) as load from membership where tenant_id = $1 and user_id = $2
   ),
   own as materialized (${OWN}),
   free as materialized (
     select ${TICKET_COLUMNS}, c.status as "shownStatus", c.assignee_id as "shownAssigneeId",
            c.team_id as "shownTeamId", c.version as "shownVersion"
       from ticket t
       join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
      where t.tenant_id = $1 and t.assignee_id is null and ${IS_TO_DO}
        and (t.team_id is null
             or t.team_id in (select m.team_id from team_membership m where m.tenant_id = $1 and m.user_id = $2))
        and not exists (select from own) and exists (select from may where load < capacity)
      ${FIRST}
        for no key update of c skip locked
        for no key update of t skip locked
   )
   select may.load, may.capacity, n.*
     from may
     left join (select own.*, null::conversation_status as "shownStatus", null::uuid as "shownAssigneeId",
                       null::uuid as "shownTeamId", null::int as "shownVersion"
                  from own
                union all
                select * from free) n on true`,
);

/** The seeker's own next ticket, if they have any. */
export async function findOwnNext(tx: AnyTx, seeker: Seeker): Promise<TicketRow | null> {
  const [own] = await sqlOf(tx).rows(FIND_OWN, valuesOf(seeker));
  return own ? toTicketRow(own) : null;
}

/**
 * The seeker's own next ticket; else, if they may have another, the first that is free, locked, and its conversation
 * before it. The caller holds the seeker's membership. Refuses as `forbidden` whoever is no member.
 */
export async function seekTicket(tx: AnyTx, seeker: Seeker): Promise<Found> {
  const [found] = await sqlOf(tx).rows(SEEK, valuesOf(seeker));
  if (!found) throw new DomainError("forbidden", "Tickets are given to members of the company, and you are none.");
  const { load, capacity, shownStatus: status, shownAssigneeId, shownTeamId, shownVersion: version, ...row } = found;
  // Without a ticket its columns are null.
  if ((row as Partial<SelectedTicket>).id === null) return { load, capacity };
  const ticket = toTicketRow(row);
  if (status === null || version === null) return { load, capacity, own: ticket };
  const { tenantId, conversationId: id } = ticket;
  const conversation = { tenantId, id, status, assigneeId: shownAssigneeId, teamId: shownTeamId, version };
  return { load, capacity, free: { ticket, conversation } };
}

function valuesOf({ tenantId, userId, inboxId, teamId }: Seeker): unknown[] {
  return [tenantId, userId, inboxId, teamId];
}
