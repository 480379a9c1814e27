import { isUniqueViolation, sqlOf, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { adoptPlans } from "../billing-plans/index.ts";
import { onceFor, replayOr, type KeyOwner } from "../idempotency/index.ts";
import { freeSlug, toTenantJson } from "../tenants/index.ts";
import type { AuthContext } from "./auth-context.ts";
import { recheckPassword } from "./recheck-password.ts";
import type { RegisterInput } from "./schemas.ts";
import { openSession, type Session } from "./session.ts";

/**
 * A new tenant with its first user, who owns it and is signed in. An e-mail that is already in use is a conflict, which is
 * told before a password is hashed; one address asks so a few times only (`rate_limited`). A
 * repetition under the same Idempotency-Key whose password is not the user's any more is `invalid_credentials`.
 */
export async function register(ctx: AuthContext, input: RegisterInput): Promise<Session> {
  const owner: KeyOwner = ["register", input.email];
  const session = await replayOr(ctx, owner, async () => {
    await ctx.registrations.count(ctx.origin.address);
    await ctx.database.withSystem((tx) => assertNew(tx, input.email));
    const passwordHash = await ctx.passwords.hash(input.password, ctx.origin.address);
    const create = (): Promise<Session> =>
      ctx.database.withSystem((tx) => onceFor(ctx, tx, owner, () => createTenant(ctx, tx, input, passwordHash)));
    try {
      return await create();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      // Somebody took the e-mail or the slug in the same moment. Now they are to be seen.
      return create();
    }
  });
  await recheckPassword(ctx, session, input.password);
  return session;
}

async function createTenant(ctx: AuthContext, tx: Tx, input: RegisterInput, passwordHash: string): Promise<Session> {
  const { email, fullName } = input;
  await assertNew(tx, email);
  const user = await tx.user.create({ data: { id: newId(), email, fullName, passwordHash } });
  const tenant = await tx.tenant.create({
    data: { id: newId(), name: input.tenantName, slug: await freeSlug(tx, input.tenantName) },
  });
  await adoptPlans(sqlOf(tx), [tenant.id], ctx.clock.now());
  const { role } = await tx.membership.create({ data: { tenantId: tenant.id, userId: user.id, role: "OWNER" } });
  await recordAudit({ ...ctx, actor: { type: "user", userId: user.id } }, tx, tenant.id, {
    action: "tenant.created",
    subject: { type: "tenant", id: tenant.id },
    after: toTenantJson(tenant),
  });
  return openSession(ctx, tx, { user, workplace: { tenant, role }, origin: ctx.origin });
}

async function assertNew(tx: Tx, email: string): Promise<void> {
  if (await tx.user.findUnique({ where: { email }, select: { id: true } })) {
    throw new DomainError("conflict", "This e-mail is already in use; sign in instead.");
  }
}
