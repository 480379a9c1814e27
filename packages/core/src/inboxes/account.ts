import type { Channel } from "@parley/db";

/** What is wrong with an inbox's `externalId` on its channel, as the end of a sentence; undefined: nothing. */
export function accountFault(channel: Channel, externalId: string | undefined): string | undefined {
  if (channel !== "WHATSAPP" || /^\d{1,40}$/.test(externalId ?? "")) return undefined;
  return "must be the phone_number_id of the WhatsApp number, which is all digits";
}
