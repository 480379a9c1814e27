import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { TeamMemberJson } from "./schemas.ts";

export const teamMemberInclude = {
  membership: { select: { availability: true, user: { select: { email: true, fullName: true } } } },
} satisfies Prisma.TeamMembershipInclude;

export type TeamMemberRow = Prisma.TeamMembershipGetPayload<{ include: typeof teamMemberInclude }>;

export function toTeamMemberJson(row: TeamMemberRow): TeamMemberJson {
  const { userId, role, membership } = row;
  return {
    userId,
    email: membership.user.email,
    fullName: membership.user.fullName,
    role: toJsonEnum(role),
    availability: toJsonEnum(membership.availability),
    createdAt: row.createdAt.toISOString(),
  };
}

/** For the audit log, whose entries about who is in a team have the team as their subject. */
export function toAuditedMember({ userId, role }: TeamMemberRow): object {
  return { member: { userId, role: toJsonEnum(role) } };
}

export function noSuchTeamMember(): DomainError {
  return new DomainError("not_found", "Nobody with this id is in the team.");
}
