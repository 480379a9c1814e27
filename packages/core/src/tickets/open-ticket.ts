import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { findOrOpenConversation, lockConversation, type LockedConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { assertTicketQuota } from "../quotas/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { holdAssignable } from "./assert-assignable.ts";
import { attributesAfter } from "./attributes-after.ts";
import { drawTicketNumber } from "./draw-number.ts";
import { openedWith, subjectsOf } from "./events-of-change.ts";
import { findTicketInWork } from "./find-ticket-in-work.ts";
import { showInConversation } from "./follow-in-conversation.ts";
import { isAway } from "./is-away.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import type { LockedTicket } from "./lock-ticket.ts";
import { asChanger } from "./ticket-changer.ts";
import type { OpenTicketInput, TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";

/**
 * Opens a ticket on a conversation, or on that of an inbox with a contact or an address. Refuses as `conflict` when one
 * is being worked on there already; as `quota_exceeded` what the plan has no room for.
 */
export async function openTicket(ctx: RequestContext, input: OpenTicketInput): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { on, attributes, ...wanted } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await holdAssignable(tx, tenantId, wanted);
      const conversation =
        "conversationId" in on
          ? await lockConversation(tx, tenantId, on.conversationId)
          : await findOrOpenConversation(ctx, tx, tenantId, on);
      const other = await findTicketInWork(tx, { tenantId, conversationId: conversation.id });
      if (other) {
        throw new DomainError(
          "conflict",
          `Ticket ${other.number} of this conversation is being worked on; go on there.`,
        );
      }
      const opened = await createTicket(ctx, tx, conversation);
      const { ticket } = opened;
      const all = attributes === undefined ? undefined : await attributesAfter(tx, ticket, attributes);
      const change = { ...wanted, attributes: all };
      const after = await applyTicketChange(ctx, tx, opened, change, asChanger(ctx.actor));
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}

/**
 * Nobody's where the conversation was resolved, else whoever has the conversation gets it, unless they are offline: as
 * ingest does.
 */
async function createTicket(ctx: RequestContext, tx: Tx, conversation: LockedConversation): Promise<LockedTicket> {
  const { tenantId, id: conversationId, contactId, inboxId, status } = conversation;
  const holder = status === "RESOLVED" ? { tenantId, assigneeId: null, teamId: null } : conversation;
  const actor = asEventActor(ctx.actor);
  const assigneeId = (await isAway(tx, holder, actor)) ? null : holder.assigneeId;
  const { channel } = await tx.inbox.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: inboxId } },
    select: { channel: true },
  });
  const now = ctx.clock.now();
  const ticket = await tx.ticket.create({
    data: {
      tenantId,
      id: newId(),
      number: await drawTicketNumber(tx, tenantId),
      conversationId,
      contactId,
      inboxId,
      channel,
      assigneeId,
      teamId: holder.teamId,
      createdAt: now,
      updatedAt: now,
    },
  });
  await assertTicketQuota(ctx, tx, tenantId);
  await publishEvents(ctx, tx, [{ ...subjectsOf(ticket), ...actor, type: "TICKET_OPENED", data: openedWith(ticket) }]);
  return { ticket, conversation: await showInConversation(tx, conversation, ticket) };
}
