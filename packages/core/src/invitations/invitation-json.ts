import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { InvitationJson, InvitationStatus } from "./schemas.ts";

export type InvitationRow = Prisma.InvitationGetPayload<object>;

export function toInvitationJson(invitation: InvitationRow, now: Date): InvitationJson {
  const { id, email, role, invitedBy, expiresAt, createdAt, acceptedAt } = invitation;
  return {
    id,
    email,
    role: toJsonEnum(role),
    status: statusOf(invitation, now),
    invitedBy,
    expiresAt: expiresAt.toISOString(),
    createdAt: createdAt.toISOString(),
    acceptedAt: acceptedAt?.toISOString() ?? null,
  };
}

/** Nothing is written when an invitation expires. `hasStatus` says the same to the database. */
function statusOf({ acceptedAt, revokedAt, expiresAt }: InvitationRow, now: Date): InvitationStatus {
  if (acceptedAt) return "accepted";
  if (revokedAt) return "revoked";
  return expiresAt > now ? "open" : "expired";
}

export function noSuchInvitation(): DomainError {
  return new DomainError("not_found", "There is no invitation with this id.");
}
