import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import type { RawEventJson, RawEventWithBodyJson } from "./schemas.ts";

/** All that a list shows; a body may have megabytes. */
export const rawEventSelect = {
  id: true,
  channel: true,
  inboxId: true,
  status: true,
  reason: true,
  receivedAt: true,
  appliedAt: true,
  attempts: true,
} satisfies Prisma.RawWebhookEventSelect;

type ListedRow = Prisma.RawWebhookEventGetPayload<{ select: typeof rawEventSelect }>;

export function toRawEventJson(event: ListedRow): RawEventJson {
  const { id, inboxId, reason, attempts } = event;
  return {
    id,
    channel: toJsonEnum(event.channel),
    inboxId,
    status: toJsonEnum(event.status),
    reason,
    receivedAt: event.receivedAt.toISOString(),
    appliedAt: event.appliedAt?.toISOString() ?? null,
    attempts,
  };
}

const storedCounts = z.record(z.string(), z.int()).catch({});

export function toRawEventWithBodyJson(event: Prisma.RawWebhookEventGetPayload<object>): RawEventWithBodyJson {
  return {
    ...toRawEventJson(event),
    ignoredParts: storedCounts.parse(event.ignoredParts),
    body: readBody(Buffer.from(event.body).toString("utf8")),
  };
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function noSuchRawEvent(): DomainError {
  return new DomainError("not_found", "There is no raw event with this id.");
}
