import type { Identifier, IdentifierType } from "@parley/channels";
import type { Channel } from "@parley/db";
import { refuseField } from "./refuse-field.ts";

/** E.164: at most 15 digits; the shortest numbers that exist have 7. */
const PHONE = /^\+?([1-9]\d{6,14})$/;
/** Meta: a country code, a dot and up to 128 letters and digits. */
const BUSINESS_SCOPED_USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;

/** What a channel sends to. */
interface Addressing {
  /** Outbound's claim chooses the recipient among the identifiers of these types. */
  types: IdentifierType[];
  read(to: string): Identifier | undefined;
  /** What `read` takes, for whoever wrote something else. */
  form: string;
}

const ADDRESSING: Partial<Record<Channel, Addressing>> = {
  WHATSAPP: {
    types: ["WHATSAPP", "WHATSAPP_BSUID"],
    read: readWhatsAppAddress,
    form: "a phone number with its country code, like +4915112345678, or a business-scoped user id",
  },
};

/** The identifier that `to` is on a channel, as ingest would write it. */
export function readAddress(channel: Channel, to: string): Identifier {
  const addressing = addressingOf(channel);
  const identifier = addressing.read(to);
  if (!identifier) throw refuseField({ path: "to", message: `must be ${addressing.form}` });
  return identifier;
}

/** The types of identifier by which a channel reaches a contact. */
export function addressTypesOf(channel: Channel): IdentifierType[] {
  return addressingOf(channel).types;
}

function addressingOf(channel: Channel): Addressing {
  const addressing = ADDRESSING[channel];
  if (addressing) return addressing;
  const message = `is an inbox of the channel ${channel.toLowerCase()}, which cannot send to addresses yet`;
  throw refuseField({ path: "inboxId", message });
}

function readWhatsAppAddress(to: string): Identifier | undefined {
  const digits = PHONE.exec(to.replace(/[\s()-]/g, ""))?.[1];
  if (digits !== undefined) return { type: "WHATSAPP", value: `+${digits}` };
  return BUSINESS_SCOPED_USER_ID.test(to) ? { type: "WHATSAPP_BSUID", value: to } : undefined;
}
