import type { Tx } from "@parley/db";
import type { EventRow } from "./read-log.ts";
import type { EventNames } from "./told-event.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The names of members and teams that events speak of. Who has left the company has none. */
export async function findNames(tx: Tx, rows: readonly EventRow[]): Promise<EventNames> {
  const [first] = rows;
  const users = new Set(rows.flatMap(({ actorType, actorId }) => (actorType === "AGENT" && actorId ? [actorId] : [])));
  const teams = new Set<string>();
  for (const { data } of rows) collectIds(data, { userId: users, assigneeId: users, teamId: teams });
  if (!first || users.size + teams.size === 0) return { members: new Map(), teams: new Map() };
  const { tenantId } = first;
  const members = await tx.membership.findMany({
    where: { tenantId, userId: { in: [...users] } },
    select: { userId: true, user: { select: { fullName: true } } },
  });
  const named =
    teams.size === 0
      ? []
      : await tx.team.findMany({ where: { tenantId, id: { in: [...teams] } }, select: { id: true, name: true } });
  return {
    members: new Map(members.map(({ userId, user }) => [userId, user.fullName])),
    teams: new Map(named.map(({ id, name }) => [id, name])),
  };
}

/** Ids stand in fields that say of what they are, at whatever depth. */
function collectIds(data: unknown, found: Readonly<Record<string, Set<string>>>): void {
  if (typeof data !== "object" || data === null) return;
  for (const [field, value] of Object.entries(data)) {
    if (typeof value !== "string") collectIds(value, found);
    else if (UUID.test(value)) found[field]?.add(value);
  }
}
