import { sqlOf, statement, TransactionConflict, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { describeContact, findContact, noSuchContact } from "../contacts/index.ts";
import { actorIdOf, asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { setTimer } from "../timers/index.ts";
import { contactColumns, fieldsOf } from "./contact-columns.ts";
import { joinConversations, type Pair } from "./join-conversations.ts";
import { lockContacts, type LockedContact, type LockedContacts } from "./lock-contacts.ts";
import { mergedFields } from "./merged-fields.ts";
import { moveTickets } from "./move-history.ts";
import { pairConversations } from "./pair-conversations.ts";
import { placeTickets, type NewPlace } from "./place-tickets.ts";
import { recordOf } from "./record-of.ts";
import type { MergeContactInput, MergedContactJson } from "./schemas.ts";
import { toUndoColumn } from "./undo-record.ts";

/** How long a merge can be undone. */
const UNDOABLE_MS = 24 * 3_600_000;

// contact_identifier_tenant_id_contact_id_idx. Where the target has a primary one of the type, that stays the one.
const MOVE_IDENTIFIERS = statement(
  "merge_move_identifiers",
  `update contact_identifier k
      set contact_id = $3, merge_id = $4,
          is_primary = k.is_primary and not exists (
            select from contact_identifier own
             where own.tenant_id = $1 and own.contact_id = $3 and own.type = k.type and own.is_primary)
    where k.tenant_id = $1 and k.contact_id = $2`,
);
// conversation_pkey, message_tenant_id_conversation_id_occurred_at_id_idx
const MOVE_CONVERSATIONS = statement(
  "merge_move_conversations",
  `with moved as (
     update conversation set contact_id = $3, version = version + 1 where tenant_id = $1 and id = any($2) returning id
   ), locked as (
     select m.id from message m join moved on m.tenant_id = $1 and m.conversation_id = moved.id
      where m.sender_type = 'CONTACT' order by m.id for no key update of m
   )
   update message m set sender_id = $3 from locked where m.tenant_id = $1 and m.id = locked.id`,
);
// message_tenant_id_conversation_id_occurred_at_id_idx. Who writes while the merge is under way is stored after it, and may
// have begun before it: what was there already is told apart from that by this note.
const NOTE_LATEST = statement(
  "merge_note_latest",
  `insert into contact_merge_message (tenant_id, merge_id, message_id, conversation_id)
   select m.tenant_id, $2, m.id, m.conversation_id from message m
    where m.tenant_id = $1 and m.conversation_id = any($3) and m.direction = 'INBOUND'
      and m.created_at > $4::timestamptz - interval '10 minutes'`,
);
const IS_LEFT = statement<object>(
  "merge_is_left",
  `select from contact_identifier where tenant_id = $1 and contact_id = $2
   union all
   select from conversation where tenant_id = $1 and contact_id = $2
   union all
   select from ticket where tenant_id = $1 and contact_id = $2
    limit 1`,
);

/**
 * Lets one contact become a part of another, with everything that hangs on it: identifiers, conversations, tickets, values.
 * Where both have a conversation of one inbox and thread, the two become one thread. For a day it can be undone. Safe
 * against ingest: what has found the source meanwhile is refused by its references, and finds the target when it is
 * repeated.
 */
export async function mergeContacts(
  ctx: RequestContext,
  { id: targetId, sourceId }: MergeContactInput & { id: string },
): Promise<MergedContactJson> {
  const tenantId = authorize(ctx, "contacts.merge");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const locked = await lockContacts(tx, tenantId, [targetId, sourceId]);
      const { source, target } = partiesOf(locked, { sourceId, targetId });
      const mergeId = newId();
      const mergedAt = ctx.clock.now();
      const undoableUntil = new Date(mergedAt.getTime() + UNDOABLE_MS);
      const { moved, pairs } = pairConversations(locked.conversations, { sourceId, targetId });
      const places = placeTickets(locked.tickets, pairs, { sourceId, targetId });
      const after = mergedFields(fieldsOf(target), fieldsOf(source));
      const undo = recordOf(locked, { source, target, after, moved, pairs, places });
      await tx.contactMerge.createMany({
        data: [
          {
            tenantId,
            id: mergeId,
            sourceId,
            targetId,
            mergedBy: actorIdOf(ctx.actor),
            mergedAt,
            undoableUntil,
            undo: toUndoColumn(undo),
          },
        ],
      });
      const sql = sqlOf(tx);
      await sql.run(MOVE_IDENTIFIERS, [tenantId, sourceId, targetId, mergeId]);
      const movedIds = moved.map(({ id }) => id);
      await sql.run(NOTE_LATEST, [tenantId, mergeId, movedIds, mergedAt]);
      await sql.run(MOVE_CONVERSATIONS, [tenantId, movedIds, targetId]);
      await moveTickets(tx, tenantId, places, mergedAt);
      await joinConversations(tx, { tenantId, mergeId, targetId }, withHolders(pairs, places));
      await tx.contact.updateMany({
        where: { tenantId, id: targetId },
        data: { ...contactColumns(after), updatedAt: mergedAt, version: target.version + 1 },
      });
      await removeSource(tx, tenantId, sourceId);
      await setTimer(ctx, tx, { tenantId, kind: "forget_contact_merge", subjectId: mergeId }, undoableUntil);
      const joined = pairs.map(({ from, into }) => ({ from: from.id, into: into.id }));
      const event = { tenantId, type: "CONTACT_MERGED", ...asEventActor(ctx.actor) } as const;
      await publishEvents(ctx, tx, [
        { ...event, contactId: sourceId, data: { mergeId, into: targetId } },
        { ...event, contactId: targetId, data: { mergeId, from: sourceId, joined } },
      ]);
      const subject = { type: "contact", id: targetId };
      await recordAudit(ctx, tx, tenantId, { action: "contact.merged", subject, after: { sourceId, mergeId } });
      const contact = await describeContact(tx, await findContact(tx, tenantId, targetId));
      return { ...contact, merge: { id: mergeId, undoableUntil: undoableUntil.toISOString() } };
    }),
  );
}

function partiesOf(
  { contacts }: LockedContacts,
  { sourceId, targetId }: { sourceId: string; targetId: string },
): { source: LockedContact; target: LockedContact } {
  const [source, target] = [contacts.get(sourceId), contacts.get(targetId)];
  if (!target) throw noSuchContact();
  if (sourceId === targetId) throw refuseSource("is the same contact");
  if (!source) throw refuseSource("is not a contact of this company");
  if (source.erasedAt) throw refuseSource("is a contact who was erased");
  if (target.erasedAt)
    throw new DomainError("conflict", "This contact was erased; nobody can become a part of what is left of them.");
  return { source, target };
}

function refuseSource(message: string): DomainError {
  return new DomainError("validation_failed", `sourceId ${message}.`, { fields: [{ path: "sourceId", message }] });
}

/** Which of the joined threads show the work that came along: those in which nobody was working. */
function withHolders(pairs: readonly Pair[], places: readonly NewPlace[]): (Pair & { holds: boolean })[] {
  const held = new Set(places.flatMap(({ isOwn, conversationId }) => (isOwn ? [conversationId] : [])));
  return pairs.map((pair) => ({ ...pair, holds: held.has(pair.into.id) }));
}

/** The source goes for good, and with it whoever still refers to it is refused. An identifier may have been added meanwhile. */
async function removeSource(tx: Tx, tenantId: string, sourceId: string): Promise<void> {
  const sql = sqlOf(tx);
  const left = await sql.rows(IS_LEFT, [tenantId, sourceId]);
  if (left.length > 0) throw new TransactionConflict("something was added to the contact that is merged");
  await tx.contact.deleteMany({ where: { tenantId, id: sourceId } });
}
