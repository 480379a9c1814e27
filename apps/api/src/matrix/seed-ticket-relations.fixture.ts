import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildTicket } from "@parley/testing";
import type { Things } from "./things.fixture.ts";

type Given = Pick<Things, "tenant" | "canary" | "conversation" | "inbox" | "contact" | "ticket">;

/** Two tickets that the ticket is linked with, and two attributes of its own, of which it has a value. */
export async function seedTicketRelations(
  context: TestContext,
  { tenant: tenantId, canary, conversation: id, inbox: inboxId, contact: contactId, ticket }: Given,
): Promise<Pick<Things, "linked" | "ticketAttribute">> {
  const ended = { status: "CLOSED", resolvedAt: new Date(), subject: `Linked ${canary}` } as const;
  const others = [
    await buildTicket(context, { tenantId, id, inboxId, contactId }, ended),
    await buildTicket(context, { tenantId, id, inboxId, contactId }, ended),
  ];
  const [ticketAttribute, other] = [newId(), newId()];
  await context.database.withSystem(async (tx) => {
    await tx.ticketLink.createMany({
      data: others.flatMap((linked) => [
        { tenantId, ticketId: ticket, linkedId: linked.id },
        { tenantId, ticketId: linked.id, linkedId: ticket },
      ]),
    });
    await tx.ticketAttribute.createMany({
      data: [ticketAttribute, other].map((attribute, index) => ({
        tenantId,
        id: attribute,
        key: `a${index}_${canary}`,
        label: `Label ${canary}`,
        type: "CHOICE" as const,
        options: [canary],
      })),
    });
    await tx.ticket.update({
      where: { tenantId_id: { tenantId, id: ticket } },
      data: { attributes: { [`a0_${canary}`]: canary } },
    });
  });
  return { linked: others[0]?.id ?? "", ticketAttribute };
}
