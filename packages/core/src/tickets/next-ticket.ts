import { sqlOf, statement, together, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, requireUser, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { noSuchInbox } from "../inboxes/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { assertTeam } from "./assert-assignable.ts";
import { attributesOf } from "./attributes-after.ts";
import { findAttributes } from "./find-attributes.ts";
import { withAttributesOf, withKnownAttributes } from "./known-attributes.ts";
import { findOwnNext, seekTicket, type Seeker } from "./seek-ticket.ts";
import { asChanger } from "./ticket-changer.ts";
import type { NextTicketInput, TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";

// inbox_pkey
const FIND_INBOX = statement<object>("ticket_next_find_inbox", "select from inbox where tenant_id = $1 and id = $2");
// membership_pkey
const LOCK_SEEKER = statement<object>(
  "ticket_next_lock_seeker",
  "select user_id from membership where tenant_id = $1 and user_id = $2 for no key update",
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
  const { ticket } = await ctx.database
    .tenantSql(tenantId)
    .transaction((tx) => once(ctx, tx, async () => ({ ticket: await findOrClaim(ctx, tx, seeker) })));
  return ticket;
}

async function findOwn(ctx: RequestContext, seeker: Seeker): Promise<TicketJson | null> {
  const sql = ctx.database.tenantSql(seeker.tenantId);
  const own = await findOwnNext(sql, seeker);
  return own && withKnownAttributes(sql, seeker.tenantId, toTicketJson(own));
}

async function findOrClaim(ctx: RequestContext, tx: AnyTx, seeker: Seeker): Promise<TicketJson | null> {
  const { tenantId, userId } = seeker;
  const [, , { load, capacity, own, free }] = await together([
    assertPlace(tx, seeker),
    // The same person asks once at a time, so that nobody gets more than they may have. Taken before any ticket's lock.
    sqlOf(tx).rows(LOCK_SEEKER, [tenantId, userId]),
    seekTicket(tx, seeker),
  ]);
  if (own) return withKnownAttributes(tx, tenantId, toTicketJson(own));
  if (load >= capacity) throw isFull(load, capacity);
  if (!free) return null;
  const [claimed, known] = await together([
    applyTicketChange(ctx, tx, free, { assigneeId: userId }, asChanger(ctx.actor)),
    findAttributes(tx, tenantId, Object.keys(attributesOf(free.ticket))),
  ]);
  return withAttributesOf(known, toTicketJson(claimed));
}

async function assertPlace(tx: AnyTx, { tenantId, inboxId, teamId }: Seeker): Promise<void> {
  const [inboxes] = await together([
    inboxId === undefined ? undefined : sqlOf(tx).rows(FIND_INBOX, [tenantId, inboxId]),
    teamId === undefined ? undefined : assertTeam(tx, tenantId, teamId),
  ]);
  if (inboxes?.length === 0) throw noSuchInbox();
}

function isFull(load: number, capacity: number): DomainError {
  return new DomainError(
    "conflict",
    `You have ${load} unfinished tickets and may have ${capacity}; finish one, or ask for a larger capacity.`,
  );
}
