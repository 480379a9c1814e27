import { createHash } from "node:crypto";
import type { Random } from "../harness/random.ts";
import type { Person } from "./people.ts";
import { UNKNOWN_PHONE_NUMBER_ID, type PlannedMessage, type Update } from "./plan-traffic.ts";

/** One webhook body with what must become of it. */
export interface Payload {
  body: string;
  /** SHA-256 in hex: how the database tells bodies apart. */
  hash: string;
  updates: Update[];
  status: "APPLIED" | "IGNORED" | "QUARANTINED";
}

const MOST_UPDATES = 20;

/** Cuts the updates into payloads of 1 to 20. `repeats` is the share of payloads whose very bytes are posted twice. */
export function buildPayloads(random: Random, updates: readonly Update[], repeats: number): Payload[] {
  const payloads: Payload[] = [];
  for (let start = 0; start < updates.length;) {
    // What nobody needs comes alone as well as among messages.
    const size = updates[start]?.kind === "ignored" ? 1 : random.int(1, MOST_UPDATES);
    payloads.push(buildPayload(updates.slice(start, start + size)));
    start += size;
  }
  // A repetition comes somewhat later, as a redelivery would.
  for (const payload of payloads.filter(() => random.chance(repeats))) {
    payloads.splice(random.int(payloads.indexOf(payload), payloads.length), 0, payload);
  }
  return payloads;
}

function buildPayload(updates: Update[]): Payload {
  const ofNumber = Map.groupBy(updates, phoneNumberOf);
  const json = {
    object: "whatsapp_business_account",
    entry: [...ofNumber].map(([phoneNumberId, list]) => ({
      id: `9${phoneNumberId}`,
      changes: changesOf(phoneNumberId, list),
    })),
  };
  const body = escapeToAscii(JSON.stringify(json));
  return { body, hash: createHash("sha256").update(body).digest("hex"), updates, status: statusOf(updates) };
}

function statusOf(updates: readonly Update[]): Payload["status"] {
  if (updates.some((update) => update.kind === "unknown_number")) return "QUARANTINED";
  return updates.every((update) => update.kind === "ignored") ? "IGNORED" : "APPLIED";
}

function phoneNumberOf(update: Update): string {
  switch (update.kind) {
    case "message":
      return update.message.inbox.phoneNumberId;
    case "status":
    case "ignored":
      return update.phoneNumberId;
    case "unknown_number":
      return UNKNOWN_PHONE_NUMBER_ID;
  }
}

function changesOf(phoneNumberId: string, updates: readonly Update[]): object[] {
  const told = updates.flatMap((update) => (update.kind === "message" ? [update.message] : []));
  const inbound = told.filter((message) => message.direction === "INBOUND");
  const echoes = told.filter((message) => message.direction === "OUTBOUND");
  const strangers = updates.flatMap((update) => (update.kind === "unknown_number" ? [update] : []));
  const statuses = updates.flatMap((update) => (update.kind === "status" ? [update] : []));
  const ignored = updates.flatMap((update) => (update.kind === "ignored" ? [update] : []));
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: `1555${phoneNumberId.slice(-7)}`, phone_number_id: phoneNumberId },
  };
  const messages = [...inbound.map(inboundJson), ...strangers.map(strangerJson)];
  const changes: object[] = [];
  if (messages.length + statuses.length > 0) {
    changes.push({
      field: "messages",
      value: {
        ...value,
        ...(inbound.length > 0 ? { contacts: contactsOf(inbound) } : {}),
        ...(messages.length > 0 ? { messages } : {}),
        ...(statuses.length > 0 ? { statuses: statuses.map(statusJson) } : {}),
      },
    });
  }
  if (echoes.length > 0) {
    const message_echoes = echoes.map(echoJson);
    changes.push({ field: "smb_message_echoes", value: { ...value, contacts: contactsOf(echoes), message_echoes } });
  }
  for (const { id } of ignored) changes.push({ field: "account_alerts", value: { alert_info: { alert_type: id } } });
  return changes;
}

function inboundJson({ externalId, person, text, writtenAt }: PlannedMessage): object {
  return {
    ...(person.phone === undefined ? {} : { from: person.phone }),
    ...(person.userId === undefined ? {} : { from_user_id: person.userId }),
    ...textJson(externalId, text, writtenAt),
  };
}

function echoJson({ externalId, person, text, writtenAt }: PlannedMessage): object {
  return {
    ...(person.phone === undefined ? {} : { to: person.phone }),
    ...(person.userId === undefined ? {} : { to_user_id: person.userId }),
    ...textJson(externalId, text, writtenAt),
  };
}

function textJson(id: string, body: string, at: number): object {
  return { id, timestamp: String(at), type: "text", text: { body } };
}

function strangerJson({ id, at }: { id: string; at: number }): object {
  return { from: "4915199999999", ...textJson(`wamid.stranger${id}`, "Is anybody there?", at) };
}

function statusJson({ externalId, status, at }: { externalId: string; status: string; at: number }): object {
  return { id: externalId, status, timestamp: String(at), recipient_id: "4915199999999" };
}

function contactsOf(messages: readonly PlannedMessage[]): object[] {
  return [...new Set(messages.map(({ person }) => person))].map(({ name, phone, userId }: Person) => ({
    profile: { name },
    ...(phone === undefined ? {} : { wa_id: phone }),
    ...(userId === undefined ? {} : { user_id: userId }),
  }));
}

/** Meta escapes what is not ASCII and signs the escaped form. */
function escapeToAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
