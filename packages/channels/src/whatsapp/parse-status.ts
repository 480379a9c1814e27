import type { DeliveryStatus, InboundPart } from "../channel.ts";
import { readReference } from "./message-reference.ts";
import { isFaultOfAccount, readProviderError } from "./read-provider-error.ts";
import { readTimestamp } from "./read-timestamp.ts";
import { ignored, unreadable } from "./set-aside.ts";
import { statusSchema } from "./webhook-schema.ts";

const STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ["sent", "SENT"],
  ["delivered", "DELIVERED"],
  ["read", "READ"],
  ["played", "PLAYED"],
  ["failed", "FAILED"],
]);

/** One element of `statuses`: how far a message of ours got. */
export function parseStatus(raw: unknown, account: string): InboundPart {
  const parsed = statusSchema.safeParse(raw);
  if (!parsed.success || parsed.data.status === undefined) return unreadable("malformed_status", account);
  const { id, status: name, timestamp, biz_opaque_callback_data: opaque, errors } = parsed.data;
  const status = STATUSES.get(name);
  if (status === undefined) return ignored(`status.${name}`, account);
  if (id === undefined) return unreadable("no_message_id", account);
  const occurredAt = readTimestamp(timestamp);
  if (occurredAt === undefined) return unreadable("bad_timestamp", account);
  const error = readProviderError(errors?.[0]);
  const pausesInbox = status === "FAILED" && error !== undefined && isFaultOfAccount(error) ? true : undefined;
  const reference = readReference(opaque);
  return { kind: "status", account, externalId: id, reference, status, error, pausesInbox, occurredAt };
}
