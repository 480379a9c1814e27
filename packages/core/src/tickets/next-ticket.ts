import { columnsOf, Prisma, statement, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { noSuchInbox } from "../inboxes/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { assertTeam } from "./assert-assignable.ts";
import { withAllKnownAttributes, withKnownAttributes } from "./known-attributes.ts";
import { TICKET_COLUMNS, type TicketRow } from "./lock-ticket.ts";
import { asChanger } from "./ticket-changer.ts";
import type { NextTicketInput, TicketJson } from "./schemas.ts";
import type { SelectedTicket } from "./select-tickets.ts";
import { toTicketJson } from "./ticket-json.ts";

/** Somebody who asks, and where. */
interface Seeker extends NextTicketInput {
  tenantId: string;
  userId: string;
}

// ticket_load_idx, whatever the statistics say of ticket_urgency_idx.
const FIND_OWN = statement<SelectedTicket>(
  "ticket_find_own_next",
  `with held as materialized (
     select * from ticket where tenant_id = $1 and assignee_id = $2 and status not in ('RESOLVED', 'CLOSED')
   )
   select ${columnsOf("t", Prisma.TicketScalarFieldEnum)}
     from held t
    where t.snoozed_at is null and t.status in ('OPEN', 'ESCALATED')
      and ($3::uuid is null or t.inbox_id = $3) and ($4::uuid is null or t.team_id = $4)
    order by t.priority desc, t.created_at, t.id
    limit 1`,
);

/**
 * What whoever asks is to do next: the most urgent of their own tickets that are open or escalated and not put aside, then
 * the oldest; else the same of those that nobody has, which becomes theirs. Tickets of a team are for its members. Null when there
 * is nothing to do. Whoever asks at the same time gets another one; what somebody is changing at that moment is passed
 * over. Refuses as `conflict` whoever has as many unfinished tickets as they may have, and nothing among them to do.
 */
export async function takeNextTicket(ctx: RequestContext, input: NextTicketInput): Promise<TicketJson | null> {
  const tenantId = authorize(ctx, "tickets.change");
  const seeker: Seeker = { tenantId, userId: requireUser(ctx), ...input };
  // Most have something to do, and to be told so takes no transaction; under an Idempotency-Key it is written down.
  const own = ctx.idempotency ? undefined : await findOwn(ctx, seeker);
  if (own) return own;
  const { ticket } = await ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => ({ ticket: await findOrClaim(ctx, tx, seeker) })),
  );
  return ticket;
}

async function findOwn(ctx: RequestContext, { tenantId, userId, inboxId, teamId }: Seeker) {
  const sql = ctx.database.tenantSql(tenantId);
  const own = await sql.rows(FIND_OWN, [tenantId, userId, inboxId, teamId]);
  const shown = own.map((ticket) => toTicketJson({ ...ticket, number: BigInt(ticket.number) }));
  return (await withAllKnownAttributes(sql, tenantId, shown)).at(0);
}

async function findOrClaim(ctx: RequestContext, tx: Tx, seeker: Seeker): Promise<TicketJson | null> {
  const { tenantId, userId } = seeker;
  await assertPlace(tx, seeker);
  const { capacity } = await lockSeeker(tx, seeker);
  const { load, ticket } = await seek(tx, seeker, capacity);
  if (ticket?.assigneeId === userId) return withKnownAttributes(tx, tenantId, toTicketJson(ticket));
  if (load >= capacity) throw isFull(load, capacity);
  if (!ticket) return null;
  const conversation = await lockConversation(tx, tenantId, ticket.conversationId);
  const change = { assigneeId: userId };
  const claimed = await applyTicketChange(ctx, tx, { ticket, conversation }, change, asChanger(ctx.actor));
  return withKnownAttributes(tx, tenantId, toTicketJson(claimed));
}

async function assertPlace(tx: Tx, { tenantId, inboxId, teamId }: Seeker): Promise<void> {
  if (inboxId !== undefined && (await tx.inbox.count({ where: { tenantId, id: inboxId } })) === 0) throw noSuchInbox();
  if (teamId !== undefined) await assertTeam(tx, tenantId, teamId);
}

/** The same person asks once at a time, so that nobody gets more than they may have. Taken before any ticket's lock. */
async function lockSeeker(tx: Tx, { tenantId, userId }: Seeker): Promise<{ capacity: number }> {
  const [member] = await tx.$queryRaw<{ capacity: number }[]>`
    select capacity from membership
     where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid
       for no key update`;
  if (member) return member;
  throw new DomainError("forbidden", "Tickets are given to members of the company, and you are none.");
}

/**
 * The seeker's own next ticket; else, if they may have another, the first that is free, locked, and its conversation before
 * it. What is locked already is somebody else's: nobody waits here. And how many unfinished tickets the seeker has. Relies
 * on ticket_load_idx, ticket_waiting_idx and conversation_pkey.
 */
async function seek(tx: Tx, seeker: Seeker, capacity: number): Promise<{ load: number; ticket: TicketRow | null }> {
  const { tenantId, userId } = seeker;
  const [found] = await tx.$queryRaw<(TicketRow & { load: number })[]>`
    with held as materialized (
      select * from ticket
       where tenant_id = ${tenantId}::uuid and assignee_id = ${userId}::uuid and status not in ('RESOLVED', 'CLOSED')
    ),
    own as materialized (
      select ${TICKET_COLUMNS} from held t
       where t.snoozed_at is null and t.status in ('OPEN', 'ESCALATED') and ${within(seeker)}
       order by t.priority desc, t.created_at, t.id
       limit 1
    ),
    free as materialized (
      select ${TICKET_COLUMNS} from ticket t
        join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
       where t.tenant_id = ${tenantId}::uuid and t.assignee_id is null and t.snoozed_at is null
         and t.status in ('OPEN', 'ESCALATED') and ${within(seeker)}
         and (t.team_id is null
              or t.team_id in (select m.team_id from team_membership m
                                where m.tenant_id = ${tenantId}::uuid and m.user_id = ${userId}::uuid))
         and not exists (select from own) and (select count(*) from held) < ${capacity}::int
       order by t.priority desc, t.created_at, t.id
       limit 1
         for no key update of c skip locked
         for no key update of t skip locked
    )
    select load, n.*
      from (select count(*)::int as load from held) l
      left join (select * from own union all select * from free) n on true`;
  if (!found) throw new Error("an aggregate has one row");
  const { load, ...ticket } = found;
  // Without any, the columns are null.
  return { load, ticket: (ticket as Partial<TicketRow>).id ? ticket : null };
}

function within({ inboxId, teamId }: NextTicketInput): Prisma.Sql {
  return Prisma.sql`(${inboxId ?? null}::uuid is null or t.inbox_id = ${inboxId ?? null}::uuid)
    and (${teamId ?? null}::uuid is null or t.team_id = ${teamId ?? null}::uuid)`;
}

function isFull(load: number, capacity: number): DomainError {
  return new DomainError(
    "conflict",
    `You have ${load} unfinished tickets and may have ${capacity}; finish one, or ask for a larger capacity.`,
  );
}
