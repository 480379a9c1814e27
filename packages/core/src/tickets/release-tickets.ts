import { Prisma, type Tx } from "@parley/db";
import { asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents, type NewEvent } from "../events/index.ts";
import { assignmentEvent } from "./events-of-change.ts";

/** Of events written with one statement. */
const CHUNK = 1_000;

/** Whose tickets and conversations are released: a member's, or a team's. */
export interface Released {
  tenantId: string;
  holder: "assigneeId" | "teamId";
  id: string;
  /** In the events' data. */
  because: "member_removed" | "team_deleted";
}

interface ReleasedTicket {
  id: string;
  conversationId: string;
  contactId: string;
  assigneeId: string | null;
  teamId: string | null;
}

interface ReleasedConversation {
  id: string;
  contactId: string;
}

// conversation_assignee_idx and ticket_assignee_idx, conversation_team_idx and ticket_team_idx
const COLUMNS = { assigneeId: Prisma.raw("assignee_id"), teamId: Prisma.raw("team_id") };

/**
 * Takes all conversations and tickets from a member or a team that is about to go; the other half of who has them stays.
 * What is finished refers to them as well, so it is released too, and each row is one event: the log tells who has a
 * ticket at any time. The caller holds a lock against which nothing can be given to them any more.
 */
export async function releaseTickets(ctx: RequestContext, tx: Tx, released: Released): Promise<void> {
  const { tenantId, id, holder } = released;
  const column = COLUMNS[holder];
  // As everywhere: the conversations first, then the tickets, in the order of ids.
  await tx.$executeRaw`
    select from conversation
     where tenant_id = ${tenantId}::uuid
       and (${column} = ${id}::uuid
            or id in (select conversation_id from ticket
                       where tenant_id = ${tenantId}::uuid and ${column} = ${id}::uuid))
     order by id
       for no key update`;
  await tx.$executeRaw`
    select from ticket where tenant_id = ${tenantId}::uuid and ${column} = ${id}::uuid order by id for no key update`;
  const tickets = await tx.$queryRaw<ReleasedTicket[]>`
    update ticket set ${column} = null, updated_at = ${ctx.clock.now()}, version = version + 1
     where tenant_id = ${tenantId}::uuid and ${column} = ${id}::uuid
     returning id, conversation_id as "conversationId", contact_id as "contactId", assignee_id as "assigneeId",
               team_id as "teamId"`;
  const conversations = await tx.$queryRaw<ReleasedConversation[]>`
    update conversation set ${column} = null, version = version + 1
     where tenant_id = ${tenantId}::uuid and ${column} = ${id}::uuid
     returning id, contact_id as "contactId"`;
  const events = [
    ...tickets.map((ticket) => ticketEvent(ctx, ticket, released)),
    ...conversations.map((conversation) => conversationEvent(ctx, conversation, released)),
  ];
  for (let start = 0; start < events.length; start += CHUNK) {
    await publishEvents(ctx, tx, events.slice(start, start + CHUNK));
  }
}

function ticketEvent(
  ctx: RequestContext,
  ticket: ReleasedTicket,
  { tenantId, holder, id, because }: Released,
): NewEvent {
  const to = { userId: ticket.assigneeId, teamId: ticket.teamId };
  const from = holder === "assigneeId" ? { ...to, userId: id } : { ...to, teamId: id };
  const { id: ticketId, conversationId, contactId } = ticket;
  const by = { actor: asEventActor(ctx.actor), because };
  return assignmentEvent({ tenantId, id: ticketId, conversationId, contactId }, from, to, by);
}

function conversationEvent(
  ctx: RequestContext,
  { id: conversationId, contactId }: ReleasedConversation,
  { tenantId, holder, because }: Released,
): NewEvent {
  const data = { changed: [holder], [holder]: null, because };
  return { tenantId, type: "CONVERSATION_CHANGED", ...asEventActor(ctx.actor), contactId, conversationId, data };
}
