import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import { inboxConfig, type InboxConfig, type InboxJson } from "./schemas.ts";

export type InboxRow = Prisma.InboxGetPayload<object>;

export function toInboxJson(inbox: InboxRow): InboxJson {
  const { id, name, externalId, pausedReason } = inbox;
  return {
    id,
    name,
    channel: toJsonEnum(inbox.channel),
    externalId,
    config: readConfig(inbox),
    hasCredentials: inbox.credentials !== null,
    status: toJsonEnum(inbox.status),
    pausedReason,
    createdAt: inbox.createdAt.toISOString(),
    updatedAt: inbox.updatedAt.toISOString(),
  };
}

export function readConfig(inbox: InboxRow): InboxConfig {
  return inboxConfig.catch({}).parse(inbox.config);
}

export function noSuchInbox(): DomainError {
  return new DomainError("not_found", "There is no inbox with this id.");
}

export function accountTaken(): DomainError {
  return new DomainError(
    "conflict",
    "An inbox for this account exists already; use that one, or check the externalId.",
  );
}
