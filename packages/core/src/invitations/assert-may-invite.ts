import type { MembershipRole } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { reachesRole, type Actor } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";

/** Refuses whoever would let somebody in, or keep somebody out, whose role is above their own. */
export function assertMayInvite(actor: Actor, role: MembershipRole): void {
  if (reachesRole(actor, role)) return;
  throw new DomainError(
    "forbidden",
    `The role ${toJsonEnum(role)} is above your own; ask somebody who holds it to invite, or to revoke the invitation.`,
  );
}
