import { DomainError } from "@parley/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyRawEvents } from "../ingest/index.ts";
import { accept, change, payload, rawEvents, text } from "../ingest/webhook.fixture.ts";
import { mergeContacts } from "./merge-contacts.ts";
import { known, snapshot, withMergeDesk, type MergeDesk } from "./merge-desk.fixture.ts";
import { undoContactMerge } from "./undo-contact-merge.ts";

let desk: MergeDesk;
withMergeDesk((opened) => (desk = opened));

const ROUNDS = 4;
const WRITERS = 3;
const EACH = 4;

/** A job that lost too often against merges comes again. */
async function applyAsWorkersDo(ids: readonly string[]): Promise<void> {
  for (;;) {
    try {
      await applyRawEvents(desk.ctx, ids);
      return;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "unavailable") throw error;
    }
  }
}

/**
 * Three people write to two numbers all the time, from several workers, while two of them are merged and parted again and
 * again. Nothing may be lost, doubled, quarantined or filed under somebody else.
 */
test("messages that arrive while contacts are merged and parted are filed once, and under whoever wrote them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: ROUNDS, maxLength: ROUNDS }), async (directions) => {
      const people = [await known(desk), await known(desk), await known(desk)];
      const [one, other] = people;
      if (!one || !other) throw new Error("there are three");
      const bodies: Buffer[] = [];
      const merging = { isOver: false };
      const written = Array.from({ length: WRITERS }, async (_empty, writer) => {
        for (let count = 0; count < EACH || !merging.isOver; count += 1) {
          const batch = people.flatMap(({ phone }, index) =>
            [desk.inbox, desk.otherInbox].map((inbox) =>
              payload(
                change(inbox.externalId ?? "", {
                  messages: [text(phone.slice(1), { body: `${phone} ${writer} ${count} ${index}` })],
                }),
              ),
            ),
          );
          bodies.push(...batch);
          await applyAsWorkersDo((await accept(desk.ctx, batch)).map(({ id }) => id));
        }
      });
      try {
        for (const isForward of directions) {
          const [target, source] = isForward ? [one, other] : [other, one];
          const { merge } = await mergeContacts(desk.agent, { id: target.id, sourceId: source.id });
          await undoContactMerge(desk.agent, { id: merge.id });
        }
      } finally {
        merging.isOver = true;
        await Promise.all(written);
      }

      const raw = await rawEvents(desk.ctx, bodies);
      expect(raw.filter(({ status }) => status !== "APPLIED")).toEqual([]);
      const { contacts, conversations, identifiers, messages } = await snapshot(desk);
      const ids = new Set(people.map(({ id }) => id));
      expect(contacts.filter(({ id }) => ids.has(id))).toHaveLength(3);
      const holder = new Map(identifiers.map(({ value, contactId }) => [value, contactId]));
      const contactOf = new Map(conversations.map(({ id, contactId }) => [id, contactId]));
      const ours = messages.filter(({ senderId }) => senderId !== null && ids.has(senderId));
      expect(ours).toHaveLength(bodies.length);
      for (const { content, conversationId, senderId } of ours) {
        const phone = String(Object(content).text).split(" ")[0] ?? "";
        expect([phone, contactOf.get(conversationId)]).toEqual([phone, holder.get(phone)]);
        expect([phone, senderId]).toEqual([phone, holder.get(phone)]);
      }
      const ofOurs = conversations.filter(({ contactId }) => ids.has(contactId));
      expect(ofOurs.map(({ contactId, inboxId }) => `${contactId} ${inboxId}`).toSorted()).toHaveLength(6);
    }),
    { numRuns: 3 },
  );
}, 120_000);
