import type { InboundPart, MessagePart } from "../channel.ts";
import { gatherCompany } from "./identify-contact.ts";
import { parseMessage } from "./parse-message.ts";
import { parseStatus } from "./parse-status.ts";
import { readContentErrors } from "./read-content.ts";
import { ignored, unreadable } from "./set-aside.ts";
import { contactSchema, readMessage, valueSchema } from "./webhook-schema.ts";

/** The fields that carry messages, and the list in which each has them. */
const FIELDS = {
  messages: { list: "messages", direction: "INBOUND" },
  smb_message_echoes: { list: "message_echoes", direction: "OUTBOUND" },
} as const;

type MessageField = keyof typeof FIELDS;

export function isMessageField(field: string): field is MessageField {
  return Object.hasOwn(FIELDS, field);
}

/** All parts of one `value` that carries messages, statuses or errors: the messages first, in their order. */
export function parseValue(field: MessageField, raw: unknown): InboundPart[] {
  const parsed = valueSchema.safeParse(raw);
  if (!parsed.success) return [unreadable("no_phone_number_id")];
  const value = parsed.data;
  const account = value.metadata.phone_number_id;
  const { list, direction } = FIELDS[field];

  const messages = readList(value[list]);
  const statuses = readList(value.statuses);
  const parts = [
    ...(messages === undefined
      ? [unreadable(`malformed_${list}`, account)]
      : parseMessages(messages, value.contacts, account, direction)),
    ...(statuses === undefined
      ? [unreadable("malformed_statuses", account)]
      : statuses.map((status) => parseStatus(status, account))),
  ];
  const errors = settleErrors(value.errors, parts, account);
  return parts.length + errors.length === 0 ? [ignored(`${field}.empty`, account)] : [...parts, ...errors];
}

function parseMessages(
  rawMessages: readonly unknown[],
  rawContacts: unknown,
  account: string,
  direction: MessagePart["direction"],
): InboundPart[] {
  const messages = rawMessages.map(readMessage);
  const contacts = (readList(rawContacts) ?? []).flatMap((raw) => contactSchema.safeParse(raw).data ?? []);
  const setting = { account, direction, company: gatherCompany(contacts, messages, direction) };
  return messages.map((message) => {
    try {
      return message === undefined ? unreadable("malformed_message", account) : parseMessage(message, setting);
    } catch {
      // Nothing above is meant to throw; should it (nesting beyond the stack), the other messages go on.
      return unreadable("malformed_message", account);
    }
  });
}

/**
 * Errors beside messages say what is wrong with them (code 131000 beside a nameless interactive). With one message
 * they are that message's; otherwise nobody can tell, and they are counted like errors of the account.
 */
function settleErrors(rawErrors: unknown, parts: readonly InboundPart[], account: string): InboundPart[] {
  const errors = readList(rawErrors);
  if (errors === undefined) return [unreadable("malformed_errors", account)];
  const [only] = parts;
  if (errors.length > 0 && parts.length === 1 && only?.kind === "message") {
    const own = Array.isArray(only.content["errors"]) ? only.content["errors"] : [];
    only.content["errors"] = [...own, ...readContentErrors(errors)];
    return [];
  }
  return errors.map(() => ignored("messages.errors", account));
}

/** An absent list is an empty one; something that is not a list is undefined. */
function readList(value: unknown): unknown[] | undefined {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : undefined;
}
