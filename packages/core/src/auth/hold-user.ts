import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";

/**
 * For whoever opens a session: until the end of the transaction the user's password is not changed, and their sessions
 * are not ended, without this one. Refuses whoever proved a password that has been changed since.
 */
export async function holdUser(tx: Tx, user: Pick<Prisma.UserModel, "id" | "passwordHash">): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    select id from app_user where id = ${user.id}::uuid and password_hash = ${user.passwordHash} for share`;
  if (held.length === 1) return;
  throw new DomainError("unauthenticated", "The password was changed in this moment; sign in with the new one.");
}
