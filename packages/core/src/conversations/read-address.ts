import type { Identifier, IdentifierType } from "@parley/channels";
import type { Channel } from "@parley/db";
import { readIdentifier } from "../contacts/index.ts";
import { refuseField } from "./refuse-field.ts";

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

/** As `readIdentifier` stores them. Whoever writes to somebody names the country, so nobody is written to by a guess. */
function readWhatsAppAddress(to: string): Identifier | undefined {
  for (const type of ["WHATSAPP_BSUID", "WHATSAPP"] as const) {
    const read = readIdentifier({ type, value: to }, null);
    if ("identifier" in read) return { type, value: read.identifier.value };
  }
  return undefined;
}
