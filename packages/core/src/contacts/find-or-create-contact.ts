import { sqlOf, type Tx } from "@parley/db";
import { asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { claimContacts, type ClaimedContact } from "./claim-contacts.ts";
import type { PersonSeen } from "./group-identifiers.ts";
import type { Identifier } from "./identifier.ts";

/** The id of the contact who has `identifier`, created if nobody has. */
export async function findOrCreateContact(
  ctx: RequestContext,
  tx: Tx,
  tenantId: string,
  identifier: Identifier,
): Promise<string> {
  return (await claimContact(ctx, tx, { tenantId, identifiers: [identifier] })).id;
}

/** `claimContacts` of one person for whoever asks, who is in the log with it. */
export async function claimContact(ctx: RequestContext, tx: Tx, person: PersonSeen): Promise<ClaimedContact> {
  const [claimed] = await claimContacts(sqlOf(tx), [person], ctx.clock.now());
  if (!claimed) throw new Error("as many contacts are claimed as there are people");
  if (claimed.isNew) {
    const { tenantId, id: contactId } = claimed;
    await publishEvents(ctx, tx, [{ tenantId, type: "CONTACT_CREATED", ...asEventActor(ctx.actor), contactId }]);
  }
  return claimed;
}
