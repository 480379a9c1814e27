import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { describeContact } from "./contact-json.ts";
import { findContact, wasErased } from "./contact-row.ts";
import type { ContactJson } from "./schemas.ts";

/**
 * From now on what the contact writes is stored and makes no work: no ticket is opened or taken up and nothing counts as
 * unread; and nothing is sent to them. One who is blocked already stays so.
 */
export function blockContact(ctx: RequestContext, { id }: { id: string }): Promise<ContactJson> {
  return setBlocked(ctx, id, ctx.clock.now());
}

/**
 * Takes a block back. What the contact wrote meanwhile makes no work afterwards either. Refuses as `conflict` one who was
 * erased.
 */
export function unblockContact(ctx: RequestContext, { id }: { id: string }): Promise<ContactJson> {
  return setBlocked(ctx, id, null);
}

async function setBlocked(ctx: RequestContext, id: string, blockedAt: Date | null): Promise<ContactJson> {
  const tenantId = authorize(ctx, "contacts.block");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { count } = await tx.contact.updateMany({
      where: { tenantId, id, erasedAt: null, blockedAt: blockedAt ? null : { not: null } },
      data: { blockedAt, updatedAt: ctx.clock.now(), version: { increment: 1 } },
    });
    const contact = await findContact(tx, tenantId, id);
    if (contact.erasedAt && !blockedAt) throw wasErased();
    if (count > 0) {
      const type = blockedAt ? "CONTACT_BLOCKED" : "CONTACT_UNBLOCKED";
      await publishEvents(ctx, tx, [{ tenantId, type, ...asEventActor(ctx.actor), contactId: id }]);
    }
    return describeContact(tx, contact);
  });
}
