import { readScopes } from "../api-keys/index.ts";
import type { Actor, SystemContext } from "../context/index.ts";

/**
 * In whose name a job runs, with what they may do now: a member, an API key, or one of the platform's administrators.
 * Undefined when nobody is left: they are no member any more, the key was revoked, or the company is closed.
 */
export function findCreator(
  ctx: Pick<SystemContext, "database" | "clock">,
  { tenantId, createdBy }: { tenantId: string; createdBy: string },
): Promise<Actor | undefined> {
  return ctx.database.withSystem(async (tx) => {
    const user = await tx.user.findUnique({
      where: { id: createdBy },
      select: { isSuperAdmin: true, memberships: { where: { tenantId }, select: { role: true } } },
    });
    const { status } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { status: true } });
    const isOpen = status !== "CLOSED";
    if (user) {
      const { isSuperAdmin, memberships } = user;
      const role = memberships[0]?.role ?? null;
      const isThere = isSuperAdmin || (role !== null && isOpen);
      return isThere ? { type: "user", userId: createdBy, isSuperAdmin, tenantId, role } : undefined;
    }
    const key = await tx.apiKey.findFirst({
      where: {
        tenantId,
        id: createdBy,
        revokedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.clock.now() } }],
      },
    });
    if (!key || !isOpen) return undefined;
    const scopes = readScopes(key.scopes);
    return { type: "api_key", apiKeyId: key.id, isSuperAdmin: false, tenantId, role: key.role, scopes };
  });
}
