import { createWebhookAcceptor, type WebhookAcceptor } from "../webhooks/index.ts";
import { statement, type RawEventStatus } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { applyRawEvents } from "./apply-raw-events.ts";

/** Payloads as Meta sends them, as far as these tests need them. */
export type Value = Record<string, unknown>;

let lastId = 0;

/** An id that no other message of the test run has. */
export function wamid(): string {
  lastId += 1;
  return `wamid.TEST${lastId}`;
}

export function text(from: string, options: { id?: string; body?: string; at?: Date; userId?: string } = {}): Value {
  const { id = wamid(), body = "Hello", at = new Date(), userId } = options;
  return {
    ...(from === "" ? {} : { from }),
    ...(userId === undefined ? {} : { from_user_id: userId }),
    id,
    timestamp: seconds(at),
    type: "text",
    text: { body },
  };
}

/** A message of whatever type: `part` is its content under the type's name, and what else stands beside that. */
export function inbound(from: string, type: string, part: Value = {}): Value {
  return { ...(from === "" ? {} : { from }), id: wamid(), timestamp: seconds(new Date()), type, ...part };
}

/** A message that the business sent from its phone app. */
export function echo(to: string, type: string, part: Value = {}): Value {
  return { ...inbound("15550783881", type, part), ...(to === "" ? {} : { to }) };
}

export function status(id: string, value: string, options: { at?: Date; reference?: string } = {}): Value {
  return {
    id,
    status: value,
    timestamp: seconds(options.at ?? new Date()),
    recipient_id: "33600000001",
    ...(options.reference === undefined ? {} : { biz_opaque_callback_data: options.reference }),
    ...(value === "failed"
      ? { errors: [{ code: 131026, title: "Undeliverable", error_data: { details: "no" } }] }
      : {}),
  };
}

export function seconds(at: Date): string {
  return String(Math.floor(at.getTime() / 1_000));
}

/** One change of the field `messages`. */
export function change(
  phoneNumberId: string,
  value: { messages?: Value[]; statuses?: Value[]; contacts?: Value[]; errors?: Value[] },
): Value {
  return {
    field: "messages",
    value: { messaging_product: "whatsapp", metadata: { phone_number_id: phoneNumberId }, ...value },
  };
}

/** One change of the field `smb_message_echoes`. */
export function echoes(phoneNumberId: string, ...list: Value[]): Value {
  return {
    field: "smb_message_echoes",
    value: {
      messaging_product: "whatsapp",
      metadata: { phone_number_id: phoneNumberId },
      message_echoes: list,
    },
  };
}

export function payload(...changes: Value[]): Buffer {
  return Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes }] }));
}

const FIND_RAW = statement<{ id: string; status: RawEventStatus; reason: string | null }>(
  "test_find_raw",
  "select id, status, reason from raw_webhook_event where body = any($1::bytea[]) order by id",
);

/** One for each context, as a process has: it is what puts arrivals of the same millisecond in order. */
const acceptors = new WeakMap<SystemContext, WebhookAcceptor>();

function acceptorOf(ctx: SystemContext): WebhookAcceptor {
  const acceptor = acceptors.get(ctx) ?? createWebhookAcceptor(ctx);
  acceptors.set(ctx, acceptor);
  return acceptor;
}

/** Stores webhooks as the API does and returns their raw events. */
export async function accept(
  ctx: SystemContext,
  bodies: readonly Buffer[],
): Promise<{ id: string; status: RawEventStatus }[]> {
  for (const body of bodies) await acceptorOf(ctx).accept({ channel: "WHATSAPP", source: "whatsapp", body });
  return rawEvents(ctx, bodies);
}

export function rawEvents(
  ctx: SystemContext,
  bodies: readonly Buffer[],
): Promise<{ id: string; status: RawEventStatus; reason: string | null }[]> {
  return ctx.database.system.rows(FIND_RAW, [bodies]);
}

/** Stores and applies webhooks, in one batch. */
export async function deliver(ctx: SystemContext, ...bodies: Buffer[]): Promise<void> {
  const events = await accept(ctx, bodies);
  await applyRawEvents(
    ctx,
    events.map((event) => event.id),
  );
}
