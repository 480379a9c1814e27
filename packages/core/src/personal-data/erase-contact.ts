import { Prisma, sqlOf, statement, type Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { lockContacts } from "../contact-merges/index.ts";
import { noSuchContact } from "../contacts/index.ts";
import { actorIdOf, asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { sealTraces, tracesOf } from "../person-traces/index.ts";
import { cancelTimer } from "../timers/index.ts";
import { toErasureJson } from "./erasure-row.ts";
import { erasureRow } from "./personal-data-queue.ts";
import { FIRST_STEP } from "./steps.ts";
import type { ErasureJson } from "./schemas.ts";

// message_tenant_id_conversation_id_occurred_at_id_idx; what is SENDING is on its way and is waited for
const CANCEL_MESSAGES = statement<{ id: string; conversationId: string; ticketId: string | null; was: string }>(
  "erasure_cancel_messages",
  `with locked as (
     select m.tenant_id, m.id, m.status from message m
      where m.tenant_id = $1 and m.conversation_id = any($2::uuid[]) and m.status in ('QUEUED', 'SCHEDULED')
      order by m.id for no key update
   )
   update message m
      set status = 'CANCELLED', next_attempt_at = null, updated_at = $3,
          occurred_at = case when locked.status = 'SCHEDULED' then $3 else m.occurred_at end
     from locked where m.tenant_id = locked.tenant_id and m.id = locked.id
   returning m.id, m.conversation_id as "conversationId", m.ticket_id as "ticketId", lower(locked.status::text) as was`,
);
// contact_merge_tenant_id_target_id_idx, contact_merge_tenant_id_source_id_idx. Who became a part of them may have parts as well.
const FIND_MERGES = statement<{ id: string; undo: unknown }>(
  "erasure_find_merges",
  `with recursive part (contact_id) as (
     select $2::uuid
     union
     select m.source_id from part p
       join contact_merge m on m.tenant_id = $1 and m.target_id = p.contact_id and m.undone_at is null
   )
   select m.id, m.undo from contact_merge m
    where m.tenant_id = $1 and m.undo is not null
      and (m.target_id in (select contact_id from part) or m.source_id = $2)
    order by m.id`,
);
const CURRENT_TXID = statement<{ txid: string }>("erasure_txid", "select pg_current_xact_id()::text as txid");

/**
 * Begins to erase what is personal about a contact, which cannot be undone. When this returns, nobody is found by their
 * identifiers any more, their name and values are gone, and nothing is sent to them; the rest follows in the background.
 * Whoever asks again gets the same erasure. What they write from now on is of somebody new.
 */
export async function eraseContact(ctx: RequestContext, { id: contactId }: { id: string }): Promise<ErasureJson> {
  const tenantId = authorize(ctx, "personal_data.erase");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const locked = await lockContacts(tx, tenantId, [contactId]);
      const earlier = await tx.contactErasure.findUnique({ where: { tenantId_contactId: { tenantId, contactId } } });
      if (earlier) return toErasureJson(earlier);
      const contact = locked.contacts.get(contactId);
      if (!contact) throw noSuchContact();
      const now = ctx.clock.now();
      const undone = await forgetMerges(tx, tenantId, contactId);
      const traces = tracesOf(locked.identifiers, undone);
      await tx.contactIdentifier.deleteMany({ where: { tenantId, contactId } });
      await tx.contact.updateMany({
        where: { tenantId, id: contactId },
        data: {
          name: null,
          tags: [],
          metadata: {},
          attributes: {},
          blockedAt: now,
          erasedAt: now,
          updatedAt: now,
          version: contact.version + 1,
        },
      });
      await cancelMessages(
        ctx,
        tx,
        { tenantId, contactId },
        locked.conversations.map((each) => each.id),
      );
      const erasureId = newId();
      const [{ txid } = { txid: "0" }] = await sqlOf(tx).rows(CURRENT_TXID, []);
      const row = await tx.contactErasure.create({
        data: {
          tenantId,
          id: erasureId,
          contactId,
          step: FIRST_STEP,
          txid: BigInt(txid),
          counts: { identifiers: locked.identifiers.length },
          sealedTraces: sealTraces(ctx.keyring, { tenantId, erasureId }, traces),
          requestedBy: actorIdOf(ctx.actor),
          createdAt: now,
          progressedAt: now,
        },
      });
      await ctx.outbox.enqueue(tx, [erasureRow({ tenantId, erasureId })]);
      await recordAudit(ctx, tx, tenantId, {
        action: "contact.erasure_requested",
        subject: { type: "contact", id: contactId },
        after: { erasureId },
      });
      return toErasureJson(row);
    }),
  );
}

/** What undoing merges would put back is about them as well. Returns what it was. */
async function forgetMerges(tx: Tx, tenantId: string, contactId: string): Promise<unknown[]> {
  const merges = await sqlOf(tx).rows(FIND_MERGES, [tenantId, contactId]);
  const ids = merges.map(({ id }) => id);
  await tx.contactMerge.updateMany({ where: { tenantId, id: { in: ids } }, data: { undo: Prisma.DbNull } });
  await tx.contactMergeMessage.deleteMany({ where: { tenantId, mergeId: { in: ids } } });
  for (const id of ids) await cancelTimer(tx, { tenantId, kind: "forget_contact_merge", subjectId: id });
  return merges.map(({ undo }) => undo);
}

async function cancelMessages(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, contactId }: { tenantId: string; contactId: string },
  conversationIds: readonly string[],
): Promise<void> {
  const cancelled = await sqlOf(tx).rows(CANCEL_MESSAGES, [tenantId, conversationIds, ctx.clock.now()]);
  for (const { id } of cancelled) await cancelTimer(tx, { tenantId, kind: "send_scheduled", subjectId: id });
  await publishEvents(
    ctx,
    tx,
    cancelled.map(({ id, conversationId, ticketId, was }) => ({
      tenantId,
      type: "MESSAGE_CANCELLED" as const,
      ...asEventActor(ctx.actor),
      contactId,
      conversationId,
      ticketId,
      messageId: id,
      data: { from: was },
    })),
  );
}
