import type { Identifier } from "@parley/channels";
import type { Channel, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { findOrCreateContact } from "../contacts/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { findOrOpenConversation } from "../conversations/index.ts";
import { once } from "../idempotency/index.ts";
import { noSuchInbox } from "../inboxes/index.ts";
import { appendMessage } from "./append-message.ts";
import type { MessageJson, SendToAddressInput } from "./schemas.ts";

/** E.164: at most 15 digits; the shortest numbers that exist have 7. */
const PHONE = /^\+?([1-9]\d{6,14})$/;
/** Meta: a country code, a dot and up to 128 letters and digits. */
const BUSINESS_SCOPED_USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;

/** Accepts a message to an address, with the contact and the conversation that it needs if they are not there yet. */
export async function sendToAddress(ctx: RequestContext, input: SendToAddressInput): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.send");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const identifier = readAddress(await channelOf(tx, tenantId, input.inboxId), input.to);
      const contactId = await findOrCreateContact(ctx, tx, tenantId, identifier);
      const conversation = await findOrOpenConversation(ctx, tx, { tenantId, inboxId: input.inboxId, contactId });
      return appendMessage(ctx, tx, conversation, { text: input.text, isInternal: false });
    }),
  );
}

async function channelOf(tx: Tx, tenantId: string, inboxId: string): Promise<Channel> {
  const inbox = await tx.inbox.findUnique({
    where: { tenantId_id: { tenantId, id: inboxId } },
    select: { channel: true },
  });
  if (!inbox) throw noSuchInbox();
  return inbox.channel;
}

/** The identifier that `to` is on a channel, as ingest would write it. */
export function readAddress(channel: Channel, to: string): Identifier {
  if (channel !== "WHATSAPP") {
    throw refuse("inboxId", `is an inbox of the channel ${channel.toLowerCase()}, which cannot send to addresses yet`);
  }
  const digits = PHONE.exec(to.replace(/[\s()-]/g, ""))?.[1];
  if (digits !== undefined) return { type: "WHATSAPP", value: `+${digits}` };
  if (BUSINESS_SCOPED_USER_ID.test(to)) return { type: "WHATSAPP_BSUID", value: to };
  throw refuse("to", "must be a phone number with its country code, like +4915112345678, or a business-scoped user id");
}

function refuse(path: string, message: string): DomainError {
  return new DomainError("validation_failed", `${path} ${message}.`, { fields: [{ path, message }] });
}
