import { z } from "zod";
import type { Identifier, InboundPart, MessagePart } from "../channel.ts";
import { distinctIdentifiers, includesIdentifier, phoneIdentifier, userIdentifier } from "./identifiers.ts";
import { identifyContact, type Company } from "./identify-contact.ts";
import { readContent } from "./read-content.ts";
import { readTimestamp } from "./read-timestamp.ts";
import { unreadable } from "./set-aside.ts";
import { idText, optionalText, readMessage, type WebhookMessage } from "./webhook-schema.ts";

/** What all messages of one `value` share. */
interface MessageSetting {
  account: string;
  direction: MessagePart["direction"];
  company: Company;
}

/** One element of `messages` or `message_echoes`: a message, an edit, a withdrawal, or why it cannot be read. */
export function parseMessage(message: WebhookMessage, setting: MessageSetting): InboundPart {
  const { account } = setting;
  const occurredAt = readTimestamp(message.timestamp);
  if (occurredAt === undefined) return unreadable("bad_timestamp", account);
  if (message.type === "edit") return parseEdit(message, account, occurredAt);
  if (message.type === "revoke") return parseRevoke(message, account, occurredAt);

  if (message.id === undefined) return unreadable("no_message_id", account);
  const contact = identifyContact(message, setting.direction, setting.company);
  if (contact.identifiers.length === 0)
    return unreadable(setting.direction === "INBOUND" ? "no_sender" : "no_recipient", account);
  const { type, content, attachments } = readContent(message);
  const inbound = setting.direction === "INBOUND";
  return {
    kind: "message",
    account,
    direction: setting.direction,
    externalId: message.id,
    contact,
    threadId: message.group_id ?? "",
    type,
    content,
    attachments,
    replyToExternalId: message.context?.id,
    occurredAt,
    opensTicket: inbound && type !== "reaction" && type !== "system",
    opensWindow: inbound && type !== "system",
    newIdentifiers: type === "system" ? readNewIdentifiers(message.raw["system"], contact.identifiers) : undefined,
  };
}

const systemSchema = z.object({ wa_id: optionalText, new_wa_id: optionalText, user_id: optionalText });

/** A changed number comes as `wa_id` (older versions: `new_wa_id`), a changed BSUID as `user_id`. */
function readNewIdentifiers(part: unknown, known: readonly Identifier[]): Identifier[] | undefined {
  const parsed = systemSchema.safeParse(part);
  if (!parsed.success) return undefined;
  const { wa_id, new_wa_id, user_id } = parsed.data;
  const added = distinctIdentifiers([phoneIdentifier(wa_id ?? new_wa_id), userIdentifier(user_id)]).filter(
    (identifier) => !includesIdentifier(known, identifier),
  );
  return added.length === 0 ? undefined : added;
}

const editSchema = z.object({ original_message_id: idText, message: z.unknown().optional() });

function parseEdit(message: WebhookMessage, account: string, occurredAt: Date): InboundPart {
  const parsed = editSchema.safeParse(message.raw["edit"]);
  const edited = readMessage(parsed.data?.message);
  if (!parsed.success || edited === undefined) return unreadable("malformed_edit", account);
  const { type, content } = readContent(edited);
  const editId = message.id ?? occurredAt.toISOString();
  return { kind: "edit", account, externalId: parsed.data.original_message_id, editId, type, content, occurredAt };
}

const revokeSchema = z.object({ original_message_id: idText });

function parseRevoke(message: WebhookMessage, account: string, occurredAt: Date): InboundPart {
  const parsed = revokeSchema.safeParse(message.raw["revoke"]);
  if (!parsed.success) return unreadable("malformed_revoke", account);
  return { kind: "revoke", account, externalId: parsed.data.original_message_id, occurredAt };
}
