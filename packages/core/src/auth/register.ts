import { randomBytes } from "node:crypto";
import { isUniqueViolation, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import type { AuthContext } from "./auth-context.ts";
import type { RegisterInput } from "./schemas.ts";
import { openSession, type Session } from "./session.ts";

const SLUG_LENGTH = 48;

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
    return openSession(ctx, tx, { user, workplace: { tenant, role }, origin: ctx.origin });
  });
}

async function freeSlug(tx: Tx, name: string): Promise<string> {
  const slug = slugOf(name);
  const taken = await tx.tenant.findUnique({ where: { slug }, select: { id: true } });
  return taken ? `${slug}-${randomBytes(4).toString("hex")}` : slug;
}

/** "Café Müller & Co." → "cafe-muller-co". */
export function slugOf(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = letters
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, SLUG_LENGTH)
    .replace(/^-|-$/g, "");
  return slug === "" ? "tenant" : slug;
}
