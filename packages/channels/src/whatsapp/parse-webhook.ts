import type { InboundPart } from "../channel.ts";
import { isMessageField, parseValue } from "./parse-value.ts";
import { ignored, unreadable } from "./set-aside.ts";
import { parseStorableJson } from "./storable-json.ts";
import { accountSchema, changeSchema, entrySchema, envelopeSchema } from "./webhook-schema.ts";

/**
 * Everything that one webhook call says, in the order of the payload. Never throws: what cannot be read is a part that
 * says why, and takes none of its neighbours with it. A call can batch up to 1000 updates of several accounts.
 */
export function parseWebhook(rawBody: Buffer): InboundPart[] {
  let payload: unknown;
  try {
    payload = parseStorableJson(rawBody.toString("utf8"));
  } catch (error) {
    return [unreadable(error instanceof SyntaxError ? "not_json" : "nested_too_deep")];
  }
  const envelope = envelopeSchema.safeParse(payload);
  if (!envelope.success) return [unreadable("not_a_whatsapp_payload")];
  const parts = envelope.data.entry.flatMap(parseEntry);
  return parts.length === 0 ? [ignored("empty")] : parts;
}

function parseEntry(raw: unknown): InboundPart[] {
  const entry = entrySchema.safeParse(raw);
  return entry.success ? entry.data.changes.flatMap(parseChange) : [unreadable("malformed_entry")];
}

function parseChange(raw: unknown): InboundPart[] {
  const change = changeSchema.safeParse(raw);
  if (!change.success) return [unreadable("malformed_change")];
  const { field, value } = change.data;
  if (isMessageField(field)) return parseValue(field, value);
  return [ignored(field, accountSchema.safeParse(value).data?.metadata.phone_number_id)];
}
