import type { Identifier, SendRequest } from "../channel.ts";
import { printReference } from "./message-reference.ts";

/** The JSON of POST /messages for a text. Undefined when the recipient is none that WhatsApp knows. */
export function buildSendBody({ to, message, replyToExternalId, reference }: SendRequest): object | undefined {
  const address = addressOf(to);
  if (address === undefined) return undefined;
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    ...address,
    type: message.type,
    text: { body: message.text, preview_url: /https?:\/\//i.test(message.text) },
    ...(replyToExternalId === undefined ? {} : { context: { message_id: replyToExternalId } }),
    // Comes back with every status of this message: how an attempt without an answer is settled.
    biz_opaque_callback_data: printReference(reference),
  };
}

/** With the `+`, or Meta takes the number for one of the sender's country. A BSUID has a key of its own. */
function addressOf({ type, value }: Identifier): { to: string } | { recipient: string } | undefined {
  if (type === "WHATSAPP") return { to: value.startsWith("+") ? value : `+${value}` };
  if (type === "WHATSAPP_BSUID") return { recipient: value };
  return undefined;
}
