import type { Prisma, Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { onceFor } from "../idempotency/index.ts";
import type { AuthContext } from "./auth-context.ts";
import type { RefreshInput } from "./schemas.ts";
import { continueSession, hashRefreshToken, REFRESH_TOKEN_MS, revokeSession, type Session } from "./session.ts";
import { findWorkplace } from "./workplaces.ts";

/**
 * Exchanges a refresh token for the next one, once. A token that was already used when it is presented was stolen,
 * or its successor was: the whole session ends (RFC 9700, 4.14.2). Who asks while another is being served with the same
 * token, such as a second tab of the browser, cannot have known: they are refused, and the session goes on. Role and
 * membership are read anew. Who did not get the answer asks again under the same Idempotency-Key, and is given the same
 * token.
 */
export async function refreshSession(ctx: AuthContext, input: RefreshInput): Promise<Session> {
  const tokenHash = hashRefreshToken(input.refreshToken);
  const askedAt = ctx.clock.now();
  // A refusal is returned, not thrown: the revocation that comes with it must be committed.
  const session = await ctx.database.withSystem(async (tx) => {
    const token = await tx.refreshToken.findUnique({
      where: { tokenHash },
      include: { session: { include: { user: true } } },
    });
    return token && onceFor(ctx, tx, ["session", token.sessionId], () => rotate(ctx, tx, token, askedAt));
  });
  if (!session)
    throw new DomainError("unauthenticated", "The refresh token is used up, expired or revoked; sign in again.");
  return session;
}

type PresentedToken = Prisma.RefreshTokenGetPayload<{ include: { session: { include: { user: true } } } }>;

async function rotate(ctx: SystemContext, tx: Tx, presented: PresentedToken, askedAt: Date): Promise<Session | null> {
  const { id, session } = presented;
  const { userId, user, tenantId } = session;
  if (!(await holdSession(tx, session.id))) return null;
  const now = ctx.clock.now();
  // Read again, because whoever held the session before may have used it.
  const token = await tx.refreshToken.findUniqueOrThrow({ where: { id } });
  if (token.usedAt) {
    if (presented.usedAt === null || askedAt < token.usedAt) await refuseLatecomer(tx, token);
    ctx.logger.warn({ userId, sessionId: session.id }, "a used refresh token was presented; its session is revoked");
    await revokeSession(ctx, tx, session.id);
    return null;
  }
  if (token.expiresAt <= now) return null;
  const workplace = tenantId ? await findWorkplace(tx, user, tenantId) : null;
  if (!workplace && (tenantId || !user.isSuperAdmin)) return null;
  const successorId = newId();
  await tx.refreshToken.update({ where: { id }, data: { usedAt: now, successorId } });
  const expiresAt = new Date(now.getTime() + REFRESH_TOKEN_MS);
  await tx.session.update({ where: { id: session.id }, data: { lastUsedAt: now, expiresAt } });
  return continueSession(ctx, tx, { id: session.id, user, workplace, tokenId: successorId });
}

/**
 * Whether the session goes on. Until the end of the transaction it is not revoked, and no other token of it is used: of
 * several who come at the same time each sees what became of those before.
 */
async function holdSession(tx: Tx, id: string): Promise<boolean> {
  const held = await tx.$queryRaw<unknown[]>`
    select id from session where id = ${id}::uuid and revoked_at is null for no key update`;
  return held.length === 1;
}

/** Refuses, and leaves the session alone, unless somebody has gone on from there already. */
async function refuseLatecomer(tx: Tx, { successorId }: { successorId: string | null }): Promise<void> {
  if (successorId === null) return;
  const successor = await tx.refreshToken.findUnique({ where: { id: successorId }, select: { usedAt: true } });
  if (!successor || successor.usedAt) return;
  throw new DomainError(
    "unauthenticated",
    "The refresh token was being exchanged at the same time; go on with the newer one, or sign in again.",
  );
}
