import { benchPhoneNumberId } from "./bench-ids.ts";

export interface InboundText {
  from: string;
  name: string;
  externalId: string;
  text: string;
}

export interface StatusUpdate {
  externalId: string;
  status: "delivered" | "read";
  to: string;
  /** `biz_opaque_callback_data`: which message and attempt of ours it is. */
  reference: string;
}

/** The bytes of one webhook call of Meta about one number, as documented for the Cloud API. */
export function whatsAppWebhook(
  inbox: number,
  content: { messages: readonly InboundText[]; statuses?: readonly StatusUpdate[] },
  at: Date,
): Buffer {
  const { messages, statuses = [] } = content;
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const people = new Map(messages.map(({ from, name }) => [from, { profile: { name }, wa_id: from }]));
  const phoneNumberId = benchPhoneNumberId(inbox);
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: `1556${phoneNumberId.slice(-7)}`, phone_number_id: phoneNumberId },
    ...(people.size > 0 ? { contacts: [...people.values()] } : {}),
    ...(messages.length > 0
      ? {
          messages: messages.map(({ from, externalId, text }) => ({
            from,
            id: externalId,
            timestamp,
            type: "text",
            text: { body: text },
          })),
        }
      : {}),
    ...(statuses.length > 0
      ? {
          statuses: statuses.map(({ externalId, status, to, reference }) => ({
            id: externalId,
            status,
            timestamp,
            recipient_id: to,
            biz_opaque_callback_data: reference,
            pricing: { billable: false, pricing_model: "PMP", type: "free_customer_service", category: "service" },
          })),
        }
      : {}),
  };
  const payload = {
    object: "whatsapp_business_account",
    entry: [{ id: `9${phoneNumberId}`, changes: [{ value, field: "messages" }] }],
  };
  return Buffer.from(JSON.stringify(payload));
}
