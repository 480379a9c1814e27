import { isUniqueViolation } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { freeSlug, toTenantJson } from "../tenants/index.ts";
import type { AuthContext } from "./auth-context.ts";
import type { RegisterInput } from "./schemas.ts";
import { openSession, type Session } from "./session.ts";

/** A new tenant with its first user, who owns it and is signed in. An e-mail that is already in use is a conflict. */
export async function register(ctx: AuthContext, input: RegisterInput): Promise<Session> {
  const passwordHash = await ctx.passwords.hash(input.password);
  try {
    return await createTenant(ctx, input, passwordHash);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Somebody took the e-mail or the slug in the same moment. Now they are to be seen.
    return createTenant(ctx, input, passwordHash);
  }
}

function createTenant(ctx: AuthContext, input: RegisterInput, passwordHash: string): Promise<Session> {
  return ctx.database.withSystem(async (tx) => {
    const { email, fullName } = input;
    if (await tx.user.findUnique({ where: { email }, select: { id: true } })) {
      throw new DomainError("conflict", "This e-mail is already in use; sign in instead.");
    }
    const user = await tx.user.create({ data: { id: newId(), email, fullName, passwordHash } });
    const tenant = await tx.tenant.create({
      data: { id: newId(), name: input.tenantName, slug: await freeSlug(tx, input.tenantName) },
    });
    const { role } = await tx.membership.create({ data: { tenantId: tenant.id, userId: user.id, role: "OWNER" } });
    await recordAudit({ ...ctx, actor: { type: "user", userId: user.id } }, tx, tenant.id, {
      action: "tenant.created",
      subject: { type: "tenant", id: tenant.id },
      after: toTenantJson(tenant),
    });
    return openSession(ctx, tx, { user, workplace: { tenant, role }, origin: ctx.origin });
  });
}
