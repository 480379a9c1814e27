import type { Identifier } from "@parley/channels";
import type { Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";

/**
 * The id of the contact who has `identifier`, created if nobody has. As in ingest, the identifier is claimed before
 * the contact is written: whoever loses the race waits in the insert and takes the winner's contact.
 */
export async function findOrCreateContact(
  ctx: RequestContext,
  tx: Tx,
  tenantId: string,
  identifier: Identifier,
): Promise<string> {
  const key = { tenantId, type: identifier.type, value: identifier.value };
  const known = await findHolder(tx, key);
  if (known) return known;
  const contactId = newId();
  const { count } = await tx.contactIdentifier.createMany({
    data: [{ ...key, contactId, isPrimary: true }],
    skipDuplicates: true,
  });
  if (count === 0) {
    const winner = await findHolder(tx, key);
    if (!winner) throw new Error("an identifier that could not be claimed has a holder");
    return winner;
  }
  await tx.contact.create({ data: { tenantId, id: contactId } });
  await publishEvents(ctx, tx, [{ tenantId, type: "CONTACT_CREATED", ...asEventActor(ctx.actor), contactId }]);
  return contactId;
}

async function findHolder(tx: Tx, key: { tenantId: string } & Identifier): Promise<string | undefined> {
  const found = await tx.contactIdentifier.findUnique({
    where: { tenantId_type_value: { tenantId: key.tenantId, type: key.type, value: key.value } },
    select: { contactId: true },
  });
  return found?.contactId;
}
