import type { MembershipRole } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { actorIdOf, reachesRole, type Actor } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";

/** Refuses whoever would change or remove somebody whose role is above their own. */
export function assertNotAbove(actor: Actor, member: { role: MembershipRole }): void {
  if (reachesRole(actor, member.role)) return;
  throw new DomainError(
    "forbidden",
    `This member is ${toJsonEnum(member.role)}, which is above your own role; ask somebody of that role.`,
  );
}

/** Refuses whoever would give `member` a role above their own, and whoever would change their own. */
export function assertMayGrant(actor: Actor, member: { userId: string }, role: MembershipRole): void {
  if (!actor.isSuperAdmin && member.userId === actorIdOf(actor)) {
    throw new DomainError("forbidden", "Nobody changes their own role; ask another administrator of your company.");
  }
  if (reachesRole(actor, role)) return;
  throw new DomainError(
    "forbidden",
    `The role ${toJsonEnum(role)} is above your own; ask somebody who holds it to grant it.`,
  );
}
