import type { Prisma, Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { CONTACT_ATTRIBUTES, valuesAfter } from "../attributes/index.ts";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { describeContact } from "./contact-json.ts";
import { findContact, type HeldIdentifier } from "./contact-row.ts";
import { countryOf } from "./country-of.ts";
import { claimContact } from "./find-or-create-contact.ts";
import { identifiersAfter } from "./given-identifiers.ts";
import { findHolders, setPrimary, takenBy } from "./hold-identifiers.ts";
import type { ContactJson, CreateContactInput } from "./schemas.ts";

export interface CreatedContact {
  contact: ContactJson;
  isNew: boolean;
}

/**
 * A new contact or, with `ifKnown: "use"`, whoever has one of the identifiers, under any concurrency. Refuses as `conflict`
 * identifiers that somebody has, or that two have; as `validation_failed` identifiers without a form in which they could be
 * stored, and wrong values of attributes.
 */
export async function createContact(ctx: RequestContext, input: CreateContactInput): Promise<CreatedContact> {
  const tenantId = authorize(ctx, "contacts.change");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const identifiers = identifiersAfter([], input, await countryOf(tx, tenantId));
      const { id, isNew } =
        identifiers.length === 0
          ? await insertNamed(ctx, tx, tenantId, input.name ?? null)
          : await claim(ctx, tx, { tenantId, name: input.name, identifiers }, input.ifKnown);
      if (isNew) await fill(ctx, tx, { tenantId, id }, input, identifiers);
      return { contact: await describeContact(tx, await findContact(tx, tenantId, id)), isNew };
    }),
  );
}

interface Claimed {
  id: string;
  isNew: boolean;
}

async function insertNamed(ctx: RequestContext, tx: Tx, tenantId: string, name: string | null): Promise<Claimed> {
  const id = newId();
  const now = ctx.clock.now();
  await tx.contact.createMany({ data: [{ tenantId, id, name, createdAt: now, updatedAt: now }] });
  await publishEvents(ctx, tx, [{ tenantId, type: "CONTACT_CREATED", ...asEventActor(ctx.actor), contactId: id }]);
  return { id, isNew: true };
}

async function claim(
  ctx: RequestContext,
  tx: Tx,
  person: { tenantId: string; name: string | undefined; identifiers: readonly HeldIdentifier[] },
  ifKnown: CreateContactInput["ifKnown"],
): Promise<Claimed> {
  const { tenantId, identifiers } = person;
  const before = await findHolders(tx, tenantId, identifiers);
  const claimed = await claimContact(ctx, tx, person);
  if (claimed.isNew) return claimed;
  const holders = await findHolders(tx, tenantId, identifiers);
  const other = holders.find(({ contactId }) => ifKnown === "refuse" || contactId !== claimed.id);
  if (other) throw takenBy(other);
  if (before.length > 0 && before.length < holders.length) {
    const event = { tenantId, type: "CONTACT_CHANGED", ...asEventActor(ctx.actor), contactId: claimed.id } as const;
    await tx.contact.updateMany({
      where: { tenantId, id: claimed.id },
      data: { updatedAt: ctx.clock.now(), version: { increment: 1 } },
    });
    await publishEvents(ctx, tx, [{ ...event, data: { changed: ["identifiers"] } }]);
  }
  return claimed;
}

async function fill(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
  { tags, metadata, attributes = {} }: CreateContactInput,
  identifiers: readonly HeldIdentifier[],
): Promise<void> {
  await setPrimary(tx, { tenantId, contactId: id }, identifiers);
  const values = await valuesAfter(tx, CONTACT_ATTRIBUTES, tenantId, { before: {}, given: attributes });
  await tx.contact.updateMany({
    where: { tenantId, id },
    data: {
      updatedAt: ctx.clock.now(),
      ...(tags && { tags }),
      // Any JSON object, as the schema has checked.
      ...(metadata && { metadata: metadata as Prisma.InputJsonObject }),
      ...(Object.keys(values).length > 0 && { attributes: values }),
    },
  });
}
