import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildContact } from "@parley/testing";
import type { Things } from "./things.fixture.ts";

type Given = Pick<Things, "tenant" | "owner" | "canary" | "contact" | "message">;

/** Attributes of the contact's with a value, segments, a second contact, and what was merged into the first one. */
export async function seedContacts(
  context: TestContext,
  things: Given,
): Promise<Pick<Things, "otherContact" | "contactAttribute" | "segment" | "contactMerge">> {
  const { tenant: tenantId, owner: ownerId, canary, contact, message } = things;
  const { id: otherContact } = await buildContact(context, { tenantId, name: `Other ${canary}`, tags: [canary] });
  const [contactAttribute, otherAttribute] = [newId(), newId()];
  const [segment, otherSegment] = [newId(), newId()];
  await context.database.withSystem(async (tx) => {
    await tx.contactAttribute.createMany({
      data: [contactAttribute, otherAttribute].map((id, index) => ({
        tenantId,
        id,
        key: `a${index}_${canary}`,
        label: `Label ${canary}`,
        type: "CHOICE" as const,
        options: [canary],
      })),
    });
    await tx.contact.update({
      where: { tenantId_id: { tenantId, id: contact } },
      data: { attributes: { [`a0_${canary}`]: canary } },
    });
    await tx.segment.createMany({
      data: [segment, otherSegment].map((id) => ({
        tenantId,
        id,
        ownerId,
        name: `Segment ${canary}`,
        isShared: true,
        filter: { tag: [canary] },
      })),
    });
  });
  await seedContactMerge(context, things);
  const contactMerge = await seedContactMerge(context, things);
  await context.database.withSystem((tx) =>
    tx.contactMergeMessage.create({ data: { tenantId, mergeId: contactMerge, messageId: message } }),
  );
  return { otherContact, contactAttribute, segment, contactMerge };
}

/** Of somebody who had nothing but a name. */
export async function seedContactMerge(
  context: TestContext,
  {
    tenant: tenantId,
    owner: mergedBy,
    canary,
    contact: targetId,
  }: Pick<Things, "tenant" | "owner" | "canary" | "contact">,
): Promise<string> {
  const id = newId();
  const mergedAt = new Date();
  const undoableUntil = new Date(mergedAt.getTime() + 24 * 3_600_000);
  const fields = { name: `Merged ${canary}`, tags: [], metadata: {}, attributes: {}, blockedAt: null };
  const undo = {
    source: { ...fields, createdAt: mergedAt.toISOString(), version: 1 },
    before: fields,
    after: fields,
    identifiers: [],
    moved: [],
    joined: [],
    tickets: [],
  };
  await context.database.withSystem((tx) =>
    tx.contactMerge.create({
      data: { tenantId, id, sourceId: newId(), targetId, mergedBy, mergedAt, undoableUntil, undo },
    }),
  );
  return id;
}
