import type { MembershipRole } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { actorIdOf, isAtLeast, type Actor } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";

/** Refuses whoever would change or remove somebody whose role is above their own. */
export function assertNotAbove(actor: Actor, member: { role: MembershipRole }): void {
  if (reaches(actor, member.role)) return;
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
  if (reaches(actor, role)) return;
  throw new DomainError(
    "forbidden",
    `The role ${toJsonEnum(role)} is above your own; ask somebody who holds it to grant it.`,
  );
}

function reaches(actor: Actor, role: MembershipRole): boolean {
  return actor.isSuperAdmin || (actor.role !== null && isAtLeast(actor.role, role));
}
