import type { InboundPart, MessagePart } from "../channel.ts";
import { parseWebhook } from "./parse-webhook.ts";

/** Payloads of our own for tests, in the shape that Meta documents. */

export const ACCOUNT = "100200300400";
export const CUSTOMER = "15550001111";
export const CUSTOMER_USER_ID = "US.1000000000000000001";
export const TIMESTAMP = "1750000000";

/** The bytes of a call with these changes, all in one entry. */
export function webhookBody(...changes: unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "900", changes }] }));
}

/** A change of the `messages` field with `lists` (messages, statuses, contacts …) in its value. */
export function messagesChange(lists: Record<string, unknown>, field = "messages") {
  const metadata = { display_phone_number: "15559990000", phone_number_id: ACCOUNT };
  return { field, value: { messaging_product: "whatsapp", metadata, ...lists } };
}

/** A message of the customer; `part` holds its content and whatever else is to differ. */
export function inbound(type: string, part: Record<string, unknown> = {}) {
  return { from: CUSTOMER, id: "wamid.IN1", timestamp: TIMESTAMP, type, ...part };
}

export function status(name: string, part: Record<string, unknown> = {}) {
  return { id: "wamid.OUT1", status: name, timestamp: TIMESTAMP, recipient_id: CUSTOMER, ...part };
}

/** The parts of a call whose only change has these lists. */
export function parseLists(lists: Record<string, unknown>, field?: string): InboundPart[] {
  return parseWebhook(webhookBody(messagesChange(lists, field)));
}

/** The one message that a call with this one element of `messages` yields. Throws when it yields anything else. */
export function parseOneMessage(message: unknown, contacts?: unknown[]): MessagePart {
  const [part, ...others] = parseLists({ messages: [message], contacts });
  if (part?.kind !== "message" || others.length > 0) throw new Error(`not one message: ${JSON.stringify(part)}`);
  return part;
}
