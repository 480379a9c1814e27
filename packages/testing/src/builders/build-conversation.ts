import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import { buildContact } from "./build-contact.ts";
import { buildInbox } from "./build-inbox.ts";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltConversation = Prisma.ConversationGetPayload<object>;

const DAY_MS = 24 * 3_600_000;

/** A conversation whose window is open, with an inbox and a contact of its own unless they are given. */
export async function buildConversation(
  ctx: BuilderContext,
  overrides: Partial<Prisma.ConversationUncheckedCreateInput> & { tenantId: string },
): Promise<BuiltConversation> {
  const { tenantId } = overrides;
  const inboxId = overrides.inboxId ?? (await buildInbox(ctx, { tenantId })).id;
  const contactId = overrides.contactId ?? (await buildContact(ctx, { tenantId })).id;
  const now = new Date();
  return ctx.database.withSystem((tx) =>
    tx.conversation.create({
      data: {
        id: newId(),
        lastMessageAt: now,
        lastInboundAt: now,
        windowExpiresAt: new Date(now.getTime() + DAY_MS),
        ...overrides,
        inboxId,
        contactId,
      },
    }),
  );
}
