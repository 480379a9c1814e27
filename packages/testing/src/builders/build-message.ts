import { randomBytes } from "node:crypto";
import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuiltConversation } from "./build-conversation.ts";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltMessage = Prisma.MessageGetPayload<object>;

/** A text from the contact; with `direction: "OUTBOUND"`, one of ours that was sent. */
export function buildMessage(
  ctx: BuilderContext,
  conversation: Pick<BuiltConversation, "tenantId" | "id" | "inboxId" | "contactId">,
  overrides: Partial<Prisma.MessageUncheckedCreateInput> = {},
): Promise<BuiltMessage> {
  const { tenantId, id: conversationId, inboxId, contactId } = conversation;
  const now = new Date();
  const inbound = (overrides.direction ?? "INBOUND") === "INBOUND";
  return ctx.database.withSystem((tx) =>
    tx.message.create({
      data: {
        tenantId,
        id: newId(),
        conversationId,
        inboxId,
        direction: inbound ? "INBOUND" : "OUTBOUND",
        status: inbound ? "RECEIVED" : "SENT",
        senderType: inbound ? "CONTACT" : "AGENT",
        senderId: inbound ? contactId : null,
        type: "text",
        content: { text: "Hello" },
        externalId: `wamid.${randomBytes(16).toString("hex")}`,
        occurredAt: now,
        sentAt: now,
        ...overrides,
      },
    }),
  );
}
