import { Prisma, sqlOf, type Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { describeContact, findContact } from "../contacts/index.ts";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { cancelTimer } from "../timers/index.ts";
import { contactColumns, fieldsOf } from "./contact-columns.ts";
import { lockContacts, type LockedContact, type LockedContacts } from "./lock-contacts.ts";
import { fieldsAfterUndo } from "./merged-fields.ts";
import { letDraftsFollow, moveTickets } from "./move-history.ts";
import { placeTicketsAgain, planSplit } from "./plan-split.ts";
import { readUndoable, tooLate, whyGone, type UndoableMerge } from "./read-undoable.ts";
import { assertFree, returnIdentifiers } from "./return-identifiers.ts";
import type { UndoneMergeJson } from "./schemas.ts";
import { readWholes, showAnew } from "./show-conversations-anew.ts";
import { moveMessages, openThreads, readFirstMessages, readLateMessages } from "./split-conversations.ts";

/**
 * Makes two contacts of one again, as they were: identifiers, conversations, tickets and values go back. What came in since
 * goes with whoever has the identifier by which it came; what was answered since, and what somebody has changed since, stays
 * with the target. Refuses as `conflict` after a day, a second time, and when it cannot be told apart any more.
 */
export async function undoContactMerge(ctx: RequestContext, { id }: { id: string }): Promise<UndoneMergeJson> {
  const tenantId = authorize(ctx, "contacts.merge");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const merge = await readUndoable(tx, tenantId, id, ctx.clock.now());
      const { sourceId, targetId } = merge;
      const locked = await lockContacts(tx, tenantId, [targetId]);
      const target = locked.contacts.get(targetId);
      if (!target) throw await whyGone(tx, merge);
      if (target.erasedAt) throw tooLate();
      await assertFree(tx, merge);
      await settle(ctx, tx, merge);
      await restoreContacts(ctx, tx, merge, target);
      await returnIdentifiers(tx, merge);
      await splitHistory(ctx, tx, merge, locked);
      await forget(tx, merge);
      const event = { tenantId, type: "CONTACT_MERGE_UNDONE", ...asEventActor(ctx.actor) } as const;
      await publishEvents(ctx, tx, [
        { ...event, contactId: sourceId, data: { mergeId: id, from: targetId } },
        { ...event, contactId: targetId, data: { mergeId: id, gone: sourceId } },
      ]);
      const subject = { type: "contact", id: targetId };
      await recordAudit(ctx, tx, tenantId, {
        action: "contact.merge_undone",
        subject,
        after: { sourceId, mergeId: id },
      });
      return {
        target: await describeContact(tx, await findContact(tx, tenantId, targetId)),
        source: await describeContact(tx, await findContact(tx, tenantId, sourceId)),
      };
    }),
  );
}

/** Of two who undo it at the same time, one does. What an undo puts back may be forgotten since it was read. */
async function settle(ctx: RequestContext, tx: Tx, { tenantId, id }: UndoableMerge): Promise<void> {
  const { count } = await tx.contactMerge.updateMany({
    where: { tenantId, id, undoneAt: null, undo: { not: Prisma.DbNull } },
    data: { undoneAt: ctx.clock.now(), undo: Prisma.DbNull },
  });
  if (count > 0) return;
  // Says which of the two it is.
  await readUndoable(tx, tenantId, id, ctx.clock.now());
  throw tooLate();
}

async function restoreContacts(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, sourceId, targetId, undo }: UndoableMerge,
  target: LockedContact,
): Promise<void> {
  const { createdAt, version, ...fields } = undo.source;
  const updatedAt = ctx.clock.now();
  await tx.contact.createMany({
    data: [
      {
        tenantId,
        id: sourceId,
        ...contactColumns(fields),
        createdAt: new Date(createdAt),
        updatedAt,
        version: version + 1,
      },
    ],
  });
  await tx.contact.updateMany({
    where: { tenantId, id: targetId },
    data: { ...contactColumns(fieldsAfterUndo(fieldsOf(target), undo)), updatedAt, version: target.version + 1 },
  });
}

async function splitHistory(
  ctx: RequestContext,
  tx: Tx,
  merge: UndoableMerge,
  { conversations, tickets }: LockedContacts,
): Promise<void> {
  const { tenantId, undo } = merge;
  const now = ctx.clock.now();
  const late = await readLateMessages(tx, merge);
  const plan = planSplit(undo, { ...merge, ...late });
  const first = await readFirstMessages(
    tx,
    merge,
    tickets.map((ticket) => ticket.id),
  );
  const places = placeTicketsAgain(tickets, undo, plan, {
    ...merge,
    firstIsOfSource: (ticketId) => first.get(ticketId),
  });
  const wholes = await readWholes(
    tx,
    tenantId,
    conversations.map((conversation) => conversation.id),
  );
  await openThreads(tx, merge, plan, now);
  await moveTickets(tx, tenantId, places, now);
  await moveMessages(tx, merge, plan, late.ofTarget);
  const parted = new Map([...plan.sourceOf, ...plan.targetOf]);
  await letDraftsFollow(sqlOf(tx), tenantId, [...parted.keys()]);
  const parts = [...parted].flatMap(([of, id]) => [
    { id, of },
    { id: of, of },
  ]);
  await showAnew(tx, tenantId, wholes, parts);
}

/** What was kept for the undo. */
async function forget(tx: Tx, { tenantId, id }: UndoableMerge): Promise<void> {
  await tx.contactMergeMessage.deleteMany({ where: { tenantId, mergeId: id } });
  await cancelTimer(tx, { tenantId, kind: "forget_contact_merge", subjectId: id });
}
