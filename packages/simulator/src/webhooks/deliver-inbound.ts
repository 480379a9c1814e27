import { DomainError } from "@parley/runtime";
import { z } from "zod";
import type { Account } from "../accounts.ts";
import type { InboundRecord } from "../ledger-records.ts";
import { isBusinessScopedId, phoneDigits } from "../user-address.ts";
import type { World } from "../world.ts";
import { inboundMedia, mediaMessage } from "./inbound-media.ts";
import type { ContactJson, Update } from "./payload.ts";

const inboundSchema = z
  .strictObject({
    phoneNumberId: z.string().min(1),
    /** The user's phone number; may be absent when `userId` is given. */
    from: z
      .string()
      .refine((text) => phoneDigits(text) !== undefined, "must be a phone number")
      .transform((text) => phoneDigits(text) ?? text)
      .optional(),
    /** The user's BSUID. */
    userId: z.string().refine(isBusinessScopedId, "must look like US.1349…").optional(),
    name: z.string().optional(),
    text: z.string().optional(),
    /** How many messages, all with this text. */
    count: z.int().min(1).max(100_000).default(1),
    /** How many of them in one webhook. */
    batch: z.int().min(1).max(1000).default(1),
    /** Merged over the message: `{ type: "image", image: { … } }`. Makes `text` unnecessary. */
    message: z.record(z.string(), z.unknown()).optional(),
    /** A file, which can be fetched by its id from then on; each of `count` messages has one of its own. */
    media: inboundMedia.optional(),
  })
  .refine(({ from, userId }) => from !== undefined || userId !== undefined, "give from, userId or both")
  .refine(
    ({ text, message, media }) => text !== undefined || message !== undefined || media !== undefined,
    "give text, message, media or several of them",
  );

export type InboundInput = z.input<typeof inboundSchema>;
type Inbound = z.output<typeof inboundSchema>;

export interface InboundResult {
  messageIds: string[];
  /** How many of them were acknowledged at the first attempt. The others are redelivered until they are. */
  delivered: number;
}

/** A user writes. Resolves when each webhook was tried once; throws `validation_failed` for a wrong `input`. */
export async function deliverInbound(world: World, input: unknown): Promise<InboundResult> {
  const inbound = parseInbound(input);
  const account = world.accounts.get(inbound.phoneNumberId);
  const messageIds: string[] = [];
  const attempts: Promise<number>[] = [];
  for (let left = inbound.count; left > 0; left -= inbound.batch) {
    const updates = Array.from({ length: Math.min(left, inbound.batch) }, () => writeMessage(world, account, inbound));
    messageIds.push(...updates.map((update) => update.record.id));
    attempts.push(sendUpdates(world, account, inbound, updates));
  }
  const delivered = await Promise.all(attempts);
  return { messageIds, delivered: delivered.reduce((sum, count) => sum + count, 0) };
}

function parseInbound(input: unknown): Inbound {
  const parsed = inboundSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new DomainError("validation_failed", `Nothing delivered: ${problems.join("; ")}`);
}

function userOf(inbound: Inbound): string {
  return inbound.from ?? inbound.userId ?? "";
}

function writeMessage(world: World, account: Account, inbound: Inbound): Update & { record: InboundRecord } {
  const { from, userId, text } = inbound;
  const at = world.now();
  const message: Record<string, unknown> = {
    ...(from === undefined ? {} : { from }),
    ...(userId === undefined ? {} : { from_user_id: userId }),
    id: world.nextMessageId("in"),
    timestamp: String(Math.floor(at / 1000)),
    type: "text",
    ...(text === undefined || isOfOtherType(inbound.message) || inbound.media ? {} : { text: { body: text } }),
    ...(inbound.media && mediaMessage(world, inbound.media)),
    ...inbound.message,
  };
  const record: InboundRecord = {
    id: String(message["id"]),
    phoneNumberId: account.phoneNumberId,
    from: userOf(inbound),
    text: text ?? null,
    at,
    acknowledged: false,
  };
  world.ledger.recordInbound(record);
  for (const user of [from, userId]) {
    if (user !== undefined) world.windows.opened(account.phoneNumberId, user, at);
  }
  const contact: ContactJson = {
    profile: { name: inbound.name ?? `Customer ${userOf(inbound).slice(-4)}` },
    wa_id: from,
    user_id: userId,
  };
  // Meta sends system messages without contacts.
  return { account, message, contact: message["type"] === "system" ? undefined : contact, record };
}

function isOfOtherType(message: Record<string, unknown> | undefined): boolean {
  return message?.["type"] !== undefined && message["type"] !== "text";
}

/** Resolves to how many of the updates were acknowledged at the first attempt. */
function sendUpdates(world: World, account: Account, inbound: Inbound, updates: Update[]): Promise<number> {
  const fates = updates.map(() => world.faults.drawUpdate());
  const duplicate = fates.some((fate) => fate.duplicate);
  const heldBack = fates.some((fate) => fate.heldBack);
  if (duplicate) world.ledger.countFault("duplicate");
  if (heldBack) world.ledger.countFault("reorder");

  return new Promise((resolve) => {
    world.courier.send(
      {
        kind: "inbound",
        lane: `${account.phoneNumberId}/${userOf(inbound)}`,
        endpoint: account.endpoint,
        updates,
        duplicate,
        heldBack,
        onFirstAttempt: (acknowledged) => resolve(acknowledged ? updates.length : 0),
      },
      Math.max(...fates.map((fate) => fate.extraDelayMs)),
    );
  });
}
