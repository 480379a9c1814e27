import type { Prisma } from "@parley/db";
import { encryptSecret, newId } from "@parley/runtime";
import { randomDigits, type BuilderContext } from "./builder-context.ts";

export type BuiltInbox = Prisma.InboxGetPayload<object>;

/** A WhatsApp inbox with a random phone_number_id. `credentials` are given as they are, and encrypted here. */
export function buildInbox(
  ctx: BuilderContext,
  overrides: Partial<Omit<Prisma.InboxUncheckedCreateInput, "credentials">> & {
    tenantId: string;
    credentials?: Record<string, string>;
  },
): Promise<BuiltInbox> {
  const { credentials = { accessToken: "simulator-token" }, ...columns } = overrides;
  const id = columns.id ?? newId();
  const binding = { tenantId: columns.tenantId, recordId: id, field: "credentials" };
  return ctx.database.withSystem((tx) =>
    tx.inbox.create({
      data: {
        id,
        name: "WhatsApp",
        channel: "WHATSAPP",
        externalId: randomDigits(15),
        config: { wabaId: randomDigits(15), displayPhoneNumber: `1555${randomDigits(7)}` },
        ...columns,
        credentials: encryptSecret(ctx.keyring, binding, JSON.stringify(credentials)),
      },
    }),
  );
}
