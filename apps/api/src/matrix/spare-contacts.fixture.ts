import { newId } from "@parley/runtime";
import { buildContact } from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import { seedContactMerge } from "./seed-contacts.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

/** Without conversations. */
export async function spareContact({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { id } = await buildContact(context, { tenantId: things.tenant, name: `Spare ${things.canary}` });
  return { things: { contact: id } };
}

export async function spareContacts(api: TestApi, tenant: SeededTenant): Promise<Spare> {
  const [one, other] = [await spareContact(api, tenant), await spareContact(api, tenant)];
  return { things: { ...one.things, ...(other.things?.contact && { otherContact: other.things.contact }) } };
}

export async function spareContactMerge({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  return { things: { contactMerge: await seedContactMerge(context, things) } };
}

export async function spareContactAttribute({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const attribute = { tenantId: things.tenant, id, key: `spare_${id.replaceAll("-", "")}`, label: things.canary };
  await context.database.withSystem((tx) => tx.contactAttribute.create({ data: { ...attribute, type: "TEXT" } }));
  return { things: { contactAttribute: id } };
}

/** Shared by the owner. */
export async function spareSegment({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  const { tenant: tenantId, owner: ownerId, canary } = things;
  const id = newId();
  await context.database.withSystem((tx) =>
    tx.segment.create({
      data: { tenantId, id, ownerId, name: `Spare ${canary}`, isShared: true, filter: { tag: [canary] } },
    }),
  );
  return { things: { segment: id } };
}
