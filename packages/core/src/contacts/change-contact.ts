import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { CONTACT_ATTRIBUTES, valuesAfter, valuesIn } from "../attributes/index.ts";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { describeContact } from "./contact-json.ts";
import { findContact, lockContact, wasErased, type ContactRow, type HeldIdentifier } from "./contact-row.ts";
import { countryOf } from "./country-of.ts";
import { identifiersAfter, keyOf, type GivenIdentifiers } from "./given-identifiers.ts";
import { lockIdentifiers, replaceIdentifiers } from "./hold-identifiers.ts";
import { MAX_CONTACT_TAGS, type ChangeContactInput, type ContactJson } from "./schemas.ts";

/**
 * Changes what is given; a change to what is so already is none. With `expectedVersion`, only if nobody changed the contact
 * since: else `precondition_failed`, with the contact as it is. Refuses as `conflict` identifiers that somebody else has.
 */
export async function changeContact(
  ctx: RequestContext,
  input: ChangeContactInput & { id: string; expectedVersion?: number | undefined },
): Promise<ContactJson> {
  const tenantId = authorize(ctx, "contacts.change");
  const { id, expectedVersion, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const identifiers = await changeIdentifiers(tx, { tenantId, contactId: id }, change);
    const before = await lockContact(tx, tenantId, id);
    if (before.erasedAt) throw wasErased();
    if (expectedVersion !== undefined && expectedVersion !== before.version)
      await refuseVersion(tx, before, identifiers);
    const data = await columnsAfter(tx, before, change);
    const changed = [...Object.keys(data), ...(identifiers ? ["identifiers"] : [])];
    if (changed.length === 0) return describeContact(tx, before);
    await tx.contact.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...data, updatedAt: ctx.clock.now(), version: before.version + 1 },
      select: { id: true },
    });
    await publishEvents(ctx, tx, [
      { tenantId, type: "CONTACT_CHANGED", ...asEventActor(ctx.actor), contactId: id, data: { changed } },
    ]);
    return describeContact(tx, await findContact(tx, tenantId, id));
  });
}

/** What the identifiers were, if they are others now. */
async function changeIdentifiers(
  tx: Tx,
  contact: { tenantId: string; contactId: string },
  { email, phone, identifiers }: GivenIdentifiers,
): Promise<readonly HeldIdentifier[] | undefined> {
  if (email === undefined && phone === undefined && identifiers === undefined) return undefined;
  const { tenantId, contactId } = contact;
  const before = await lockIdentifiers(tx, tenantId, contactId);
  const after = identifiersAfter(before, { email, phone, identifiers }, await countryOf(tx, tenantId));
  if (isSame(before, after)) return undefined;
  await replaceIdentifiers(tx, contact, { before, after });
  return before;
}

function isSame(before: readonly HeldIdentifier[], after: readonly HeldIdentifier[]): boolean {
  const primary = new Map(before.map((identifier) => [keyOf(identifier), identifier.isPrimary]));
  return (
    before.length === after.length &&
    after.every((identifier) => primary.get(keyOf(identifier)) === identifier.isPrimary)
  );
}

/** The columns that are others afterwards. */
async function columnsAfter(
  tx: Tx,
  before: ContactRow,
  change: ChangeContactInput,
): Promise<Prisma.ContactUpdateInput> {
  const { name, metadata, attributes } = change;
  const tags = tagsAfter(before.tags, change);
  const data: Prisma.ContactUpdateInput = {};
  if (name !== undefined && name !== before.name) data.name = name;
  if (tags.join("\n") !== before.tags.join("\n")) data.tags = tags;
  // Any JSON object, as the schema has checked.
  if (metadata && differs(metadata, valuesIn(before.metadata))) data.metadata = metadata as Prisma.InputJsonObject;
  if (attributes) {
    const values = valuesIn(before.attributes);
    const after = await valuesAfter(tx, CONTACT_ATTRIBUTES, before.tenantId, { before: values, given: attributes });
    if (differs(after, values)) data.attributes = after;
  }
  return data;
}

function tagsAfter(before: readonly string[], { tags, addTags = [], removeTags = [] }: ChangeContactInput): string[] {
  const all = [...new Set([...(tags ?? before), ...addTags])].filter((tag) => !removeTags.includes(tag));
  // Whoever takes tags away is on the way to few enough.
  if (all.length <= Math.max(MAX_CONTACT_TAGS, before.length)) return all;
  throw new DomainError("conflict", `A contact has at most ${MAX_CONTACT_TAGS} tags; remove some first.`);
}

/** PostgreSQL keeps the keys of a jsonb in an order of its own. */
function differs(a: unknown, b: unknown): boolean {
  return canonical(a) !== canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** The identifiers are shown as they were: what was to become of them is rolled back. */
async function refuseVersion(
  tx: Tx,
  contact: ContactRow,
  identifiers: readonly HeldIdentifier[] = contact.identifiers,
): Promise<never> {
  throw new DomainError(
    "precondition_failed",
    "It was changed in the meantime, to what stands in current; repeat the change on top of that if it is still right.",
    { current: await describeContact(tx, { ...contact, identifiers: [...identifiers] }) },
  );
}
