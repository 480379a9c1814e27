import type { ConversationStatus, Tx } from "@parley/db";
import { asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";

/** Of events written with one statement. */
const CHUNK = 1_000;

interface Assignee {
  tenantId: string;
  userId: string;
}

interface Released {
  id: string;
  contactId: string;
  status: ConversationStatus;
}

/**
 * Takes everything from somebody who is about to go: finished conversations and tickets refer to the membership as
 * well, so they are released too, but only what is unfinished becomes an event. The caller holds the membership's
 * lock; it is raised here until nothing can be assigned to the person any more, and what was meanwhile is waited for.
 */
export async function releaseWork(ctx: RequestContext, tx: Tx, { tenantId, userId }: Assignee): Promise<void> {
  // Assigning locks the membership it refers to against this.
  await tx.$executeRaw`
    select from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for update`;
  // As ingest does: whoever decides about conversations and their tickets locks the conversations, in the order of ids.
  await tx.$executeRaw`
    select from conversation
     where tenant_id = ${tenantId}::uuid
       and (assignee_id = ${userId}::uuid
            or id in (select conversation_id from ticket
                       where tenant_id = ${tenantId}::uuid and assignee_id = ${userId}::uuid))
     order by id
       for no key update`;
  await tx.$executeRaw`
    update ticket set assignee_id = null, updated_at = ${ctx.clock.now()}, version = version + 1
     where tenant_id = ${tenantId}::uuid and assignee_id = ${userId}::uuid`;
  const released = await tx.$queryRaw<Released[]>`
    update conversation set assignee_id = null, version = version + 1
     where tenant_id = ${tenantId}::uuid and assignee_id = ${userId}::uuid
     returning id, contact_id as "contactId", status`;
  await announce(ctx, tx, tenantId, released);
}

async function announce(ctx: RequestContext, tx: Tx, tenantId: string, released: readonly Released[]): Promise<void> {
  const events = released
    .filter(({ status }) => status !== "RESOLVED")
    .map(({ id, contactId }) => ({
      tenantId,
      type: "CONVERSATION_CHANGED" as const,
      ...asEventActor(ctx.actor),
      contactId,
      conversationId: id,
      data: { changed: ["assigneeId"], assigneeId: null, because: "member_removed" },
    }));
  for (let start = 0; start < events.length; start += CHUNK) {
    await publishEvents(ctx, tx, events.slice(start, start + CHUNK));
  }
}
