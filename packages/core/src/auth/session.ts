import { createHash, randomBytes } from "node:crypto";
import type { MembershipRole, Prisma, Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { RequestOrigin, SystemContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { toTenantJson, type TenantJson } from "../tenants/index.ts";
import type { AccessClaims } from "./access-claims.ts";
import { endSurplusSessions } from "./end-surplus-sessions.ts";
import { holdUser } from "./hold-user.ts";
import type { SignedInUserJson } from "./schemas.ts";

type User = Prisma.UserModel;
type Tenant = Prisma.TenantModel;

/** Somebody has signed in. The claims are still to be signed; plain JSON, so that it can be repeated as it was. */
export interface Session {
  user: SignedInUserJson;
  tenant: TenantJson | null;
  claims: AccessClaims;
  /** From when on the claims hold, in seconds since 1970: a repeated answer is not good for longer than the first. */
  issuedAt: number;
  refreshToken: string;
}

/** What a session works in: a tenant, in a role unless a SUPER_ADMIN visits it. */
export interface Workplace {
  tenant: Tenant;
  role: MembershipRole | null;
}

/** For how long a refresh token is good. */
export const REFRESH_TOKEN_MS = 30 * 24 * 3_600_000;
const REFRESH_TOKEN_BYTES = 32;

/** Somebody who signs in, the workplace that they chose, and where the request came from. */
interface Grant {
  user: User;
  workplace: Workplace | null;
  origin: RequestOrigin;
}

/** A new session with its first refresh token. */
export async function openSession(ctx: SystemContext, tx: Tx, grant: Grant): Promise<Session> {
  const { sid } = await recordSession(ctx, tx, { ...grant, lastsMs: REFRESH_TOKEN_MS });
  return continueSession(ctx, tx, { id: sid, user: grant.user, workplace: grant.workplace });
}

/** A new session that ends by itself after `lastsMs`. Ends others if the user has too many. */
export async function recordSession(
  ctx: SystemContext,
  tx: Tx,
  grant: Grant & { lastsMs: number },
): Promise<AccessClaims> {
  const { user, workplace, origin, lastsMs } = grant;
  await holdUser(tx, user);
  const now = ctx.clock.now();
  const { id } = await tx.session.create({
    data: {
      id: newId(),
      userId: user.id,
      tenantId: workplace?.tenant.id ?? null,
      address: origin.address,
      userAgent: origin.userAgent,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + lastsMs),
    },
  });
  await endSurplusSessions(tx, { userId: user.id, opened: id });
  return { sub: user.id, sid: id };
}

/** Writes the next refresh token of a session, under `tokenId` where its id is told already. */
export async function continueSession(
  ctx: SystemContext,
  tx: Tx,
  session: { id: string; user: User; workplace: Workplace | null; tokenId?: string },
): Promise<Session> {
  const { id: sessionId, user, workplace, tokenId = newId() } = session;
  const refreshToken = randomBytes(REFRESH_TOKEN_BYTES).toString("base64url");
  const now = ctx.clock.now();
  await tx.refreshToken.create({
    data: {
      id: tokenId,
      sessionId,
      tokenHash: hashRefreshToken(refreshToken),
      expiresAt: new Date(now.getTime() + REFRESH_TOKEN_MS),
      createdAt: now,
    },
  });
  return {
    user: toSignedInUserJson(user, workplace),
    tenant: workplace && toTenantJson(workplace.tenant),
    claims: { sub: user.id, sid: sessionId },
    issuedAt: Math.floor(now.getTime() / 1_000),
    refreshToken,
  };
}

/** Only this is stored: who reads the table cannot sign in with it. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}

/** Ends a session: neither its access tokens nor its refresh tokens are good any more. */
export async function revokeSession(ctx: SystemContext, tx: Tx, id: string): Promise<void> {
  await tx.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
}

export function toSignedInUserJson(user: User, workplace: Workplace | null): SignedInUserJson {
  const { id, email, fullName, isSuperAdmin } = user;
  return { id, email, fullName, isSuperAdmin, role: workplace?.role ? toJsonEnum(workplace.role) : null };
}
