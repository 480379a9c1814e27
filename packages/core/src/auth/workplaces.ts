import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { Workplace } from "./session.ts";

type User = Prisma.UserModel;

/**
 * Where `user` may work: in `tenantId`, or in the oldest membership when none is asked for. Null: nowhere. A
 * SUPER_ADMIN may work in any tenant, and in none. A closed tenant is nobody's workplace.
 */
export async function findWorkplace(tx: Tx, user: User, tenantId?: string): Promise<Workplace | null> {
  const membership = await tx.membership.findFirst({
    where: { userId: user.id, tenantId, tenant: { status: { not: "CLOSED" } } },
    orderBy: [{ createdAt: "asc" }, { tenantId: "asc" }],
    include: { tenant: true },
  });
  if (membership) return { tenant: membership.tenant, role: membership.role };
  if (!user.isSuperAdmin || tenantId === undefined) return null;
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId } });
  return tenant && { tenant, role: null };
}

/** The workplace that was asked for by id; one that is not the user's is as good as none. */
export async function requireWorkplace(tx: Tx, user: User, tenantId: string): Promise<Workplace> {
  const workplace = await findWorkplace(tx, user, tenantId);
  if (!workplace) throw new DomainError("not_found", "You belong to no company with this id.");
  return workplace;
}
