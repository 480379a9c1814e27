import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { MemberJson } from "./schemas.ts";

export const memberSelect = {
  tenantId: true,
  userId: true,
  role: true,
  availability: true,
  availabilityChangedAt: true,
  capacity: true,
  skills: true,
  createdAt: true,
  user: { select: { email: true, fullName: true } },
  teamMemberships: {
    select: { role: true, team: { select: { id: true, name: true } } },
    orderBy: { team: { name: "asc" } },
  },
} satisfies Prisma.MembershipSelect;

export type MemberRow = Prisma.MembershipGetPayload<{ select: typeof memberSelect }>;

/** The members of one tenant as JSON, with the tickets of all of them counted at once. */
export async function toMembersJson(tx: Tx, rows: readonly MemberRow[]): Promise<MemberJson[]> {
  const openTickets = await countOpenTickets(tx, rows);
  return rows.map((row) => toMemberJson(row, openTickets.get(row.userId) ?? 0));
}

/** One member as JSON, as this transaction sees it. */
export async function readMember(tx: Tx, tenantId: string, userId: string): Promise<MemberJson> {
  const row = await tx.membership.findUnique({
    where: { tenantId_userId: { tenantId, userId } },
    select: memberSelect,
  });
  const [json] = row ? await toMembersJson(tx, [row]) : [];
  if (!json) throw noSuchMember();
  return json;
}

export function noSuchMember(): DomainError {
  return new DomainError("not_found", "Your company has no member with this id.");
}

function toMemberJson(row: MemberRow, openTickets: number): MemberJson {
  return {
    id: row.userId,
    email: row.user.email,
    fullName: row.user.fullName,
    role: toJsonEnum(row.role),
    availability: toJsonEnum(row.availability),
    availabilityChangedAt: row.availabilityChangedAt.toISOString(),
    capacity: row.capacity,
    skills: row.skills,
    openTickets,
    teams: row.teamMemberships.map(({ role, team }) => ({ id: team.id, name: team.name, role: toJsonEnum(role) })),
    createdAt: row.createdAt.toISOString(),
  };
}

/** ticket_load_idx: only unfinished tickets are read, if the condition is the index's word for word. */
async function countOpenTickets(tx: Tx, rows: readonly MemberRow[]): Promise<Map<string, number>> {
  const [first] = rows;
  if (!first) return new Map();
  const counts = await tx.$queryRaw<{ assigneeId: string; count: number }[]>`
    select assignee_id as "assigneeId", count(*)::int as count
      from ticket
     where tenant_id = ${first.tenantId}::uuid
       and assignee_id = any(${rows.map(({ userId }) => userId)}::uuid[])
       and status not in ('RESOLVED', 'CLOSED')
     group by assignee_id`;
  return new Map(counts.map(({ assigneeId, count }) => [assigneeId, count]));
}
