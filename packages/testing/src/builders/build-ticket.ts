import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuiltConversation } from "./build-conversation.ts";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltTicket = Prisma.TicketGetPayload<object>;

/** An open ticket of `conversation`, with the tenant's next number. */
export function buildTicket(
  ctx: BuilderContext,
  conversation: Pick<BuiltConversation, "tenantId" | "id" | "inboxId" | "contactId">,
  overrides: Partial<Prisma.TicketUncheckedCreateInput> = {},
): Promise<BuiltTicket> {
  const { tenantId, id: conversationId, inboxId, contactId } = conversation;
  return ctx.database.withSystem(async (tx) => {
    const { lastTicketNumber: number } = await tx.tenant.update({
      where: { id: tenantId },
      data: { lastTicketNumber: { increment: 1 } },
    });
    const subjects = { tenantId, conversationId, inboxId, contactId };
    return tx.ticket.create({
      data: { ...subjects, id: newId(), number, channel: "WHATSAPP", subject: "Where is my order?", ...overrides },
    });
  });
}
