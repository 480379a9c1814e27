import { createHash } from "node:crypto";
import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltRawEvent = Prisma.RawWebhookEventGetPayload<object>;

/** An applied webhook event of the platform's WhatsApp app. */
export function buildRawEvent(
  ctx: BuilderContext,
  overrides: Partial<Omit<Prisma.RawWebhookEventUncheckedCreateInput, "body">> & { body?: string } = {},
): Promise<BuiltRawEvent> {
  const id = overrides.id ?? newId();
  const { body = JSON.stringify({ object: "whatsapp_business_account", entry: [], id }), ...columns } = overrides;
  const bytes = Uint8Array.from(Buffer.from(body));
  const now = new Date();
  return ctx.database.withSystem((tx) =>
    tx.rawWebhookEvent.create({
      data: {
        id,
        channel: "WHATSAPP",
        source: "whatsapp",
        bodyHash: Uint8Array.from(createHash("sha256").update(bytes).digest()),
        status: "APPLIED",
        attempts: 1,
        receivedAt: now,
        appliedAt: now,
        ...columns,
        body: bytes,
      },
    }),
  );
}
