import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { onceFor } from "../idempotency/index.ts";
import type { AuthContext } from "./auth-context.ts";
import type { RefreshInput } from "./schemas.ts";
import { continueSession, hashRefreshToken, revokeSession, type Session } from "./session.ts";
import { findWorkplace } from "./workplaces.ts";

/**
 * Exchanges a refresh token for the next one, once. A token that was already used when it is presented was stolen,
 * or its successor was: the whole session ends (RFC 9700, 4.14.2). Of two that present it at the same moment one
 * is served and the other refused, without that consequence. Role and membership are read anew. Who did not get the
 * answer asks again under the same Idempotency-Key, and is given the same token.
 */
export async function refreshSession(ctx: AuthContext, input: RefreshInput): Promise<Session> {
  const tokenHash = hashRefreshToken(input.refreshToken);
  // A refusal is returned, not thrown: the revocation that comes with it must be committed.
  const session = await ctx.database.withSystem(async (tx) => {
    const token = await tx.refreshToken.findUnique({
      where: { tokenHash },
      include: { session: { include: { user: true } } },
    });
    return token && onceFor(ctx, tx, ["session", token.sessionId], () => rotate(ctx, tx, token));
  });
  if (!session)
    throw new DomainError("unauthenticated", "The refresh token is used up, expired or revoked; sign in again.");
  return session;
}

type PresentedToken = Prisma.RefreshTokenGetPayload<{ include: { session: { include: { user: true } } } }>;

async function rotate(ctx: SystemContext, tx: Tx, token: PresentedToken): Promise<Session | null> {
  const { id, userId, user, tenantId } = token.session;
  if (token.usedAt) {
    ctx.logger.warn({ userId, sessionId: id }, "a used refresh token was presented; its session is revoked");
    await revokeSession(ctx, tx, id);
    return null;
  }
  if (!(await keepAlive(ctx, tx, id)) || !(await spend(ctx, tx, token.id))) return null;
  const workplace = tenantId ? await findWorkplace(tx, user, tenantId) : null;
  if (!workplace && (tenantId || !user.isSuperAdmin)) return null;
  return continueSession(ctx, tx, { id, user, workplace });
}

/** Whether the session goes on. It is locked until the end, so that it is not revoked between this and its next token. */
async function keepAlive(ctx: SystemContext, tx: Tx, id: string): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id, revokedAt: null },
    data: { lastUsedAt: ctx.clock.now() },
  });
  return count === 1;
}

/** Whether this was the one to use the token. */
async function spend(ctx: SystemContext, tx: Tx, id: string): Promise<boolean> {
  const now = ctx.clock.now();
  const { count } = await tx.refreshToken.updateMany({
    where: { id, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return count === 1;
}
