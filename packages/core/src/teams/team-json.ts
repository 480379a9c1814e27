import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { TeamJson } from "./schemas.ts";

export const teamInclude = { _count: { select: { members: true } } } satisfies Prisma.TeamInclude;

type TeamRow = Prisma.TeamGetPayload<{ include: typeof teamInclude }>;

export function toTeamJson(team: TeamRow): TeamJson {
  const { id, name, description, _count: counts } = team;
  return {
    id,
    name,
    description,
    memberCount: counts.members,
    createdAt: team.createdAt.toISOString(),
    updatedAt: team.updatedAt.toISOString(),
  };
}

/** One team as JSON, as this transaction sees it. */
export async function readTeam(tx: Tx, tenantId: string, id: string): Promise<TeamJson> {
  const team = await tx.team.findUnique({ where: { tenantId_id: { tenantId, id } }, include: teamInclude });
  if (!team) throw noSuchTeam();
  return toTeamJson(team);
}

/** The same, locked until the transaction ends, so that nobody changes the team or who is in it meanwhile. */
export async function readLockedTeam(tx: Tx, tenantId: string, id: string): Promise<TeamJson> {
  // Joining a team locks the team it refers to against this.
  await tx.$executeRaw`select from team where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return readTeam(tx, tenantId, id);
}

export function noSuchTeam(): DomainError {
  return new DomainError("not_found", "There is no team with this id.");
}

export function nameTaken(): DomainError {
  return new DomainError("conflict", "A team of this name exists already; use that one, or choose another name.");
}
