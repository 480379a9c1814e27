import { signWhatsAppBody } from "@parley/channels";
import { SIMULATOR_WHATSAPP } from "@parley/runtime";
import { benchPhone } from "../world/bench-ids.ts";
import { whatsAppWebhook } from "../world/whatsapp-webhook.ts";

const PATH = "/webhooks/whatsapp";
const TEXT = "Hello, my parcel has not arrived yet. Could you please have a look where it is? Thank you";

/** One text message from one person, as Meta would post it. */
export function textWebhook(inbox: number, person: number, externalId: string, at: Date): Buffer {
  const message = { from: benchPhone(inbox, person), name: `Customer ${person}`, externalId, text: TEXT };
  return whatsAppWebhook(inbox, { messages: [message] }, at);
}

/** The bytes of a whole HTTP request, signed: what is sent again and again should cost the sender nothing more. */
export function signedRequest(host: string, body: Buffer): Buffer {
  const head = [
    `POST ${PATH} HTTP/1.1`,
    `host: ${host}`,
    "content-type: application/json",
    `x-hub-signature-256: ${signWhatsAppBody(body, SIMULATOR_WHATSAPP.appSecret)}`,
    `content-length: ${body.length}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}
