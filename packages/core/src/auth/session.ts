import { createHash, randomBytes } from "node:crypto";
import type { MembershipRole, Prisma, Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { toTenantJson, type TenantJson } from "../tenants/index.ts";
import type { AccessClaims } from "./access-claims.ts";
import type { SignedInUserJson } from "./schemas.ts";

type User = Prisma.UserModel;
type Tenant = Prisma.TenantModel;

/** Somebody has signed in. The claims are still to be signed. */
export interface Session {
  user: SignedInUserJson;
  tenant: TenantJson | null;
  claims: AccessClaims;
  refreshToken: string;
}

/** What a session works in: a tenant, in a role unless a SUPER_ADMIN visits it. */
export interface Workplace {
  tenant: Tenant;
  role: MembershipRole | null;
}

const REFRESH_TOKEN_MS = 30 * 24 * 3_600_000;
const REFRESH_TOKEN_BYTES = 32;

/** Writes the next refresh token of a session; of a new one unless `familyId` continues one. */
export async function issueSession(
  ctx: SystemContext,
  tx: Tx,
  grant: { user: User; workplace: Workplace | null; familyId?: string },
): Promise<Session> {
  const { user, workplace, familyId = newId() } = grant;
  const refreshToken = randomBytes(REFRESH_TOKEN_BYTES).toString("base64url");
  const tenantId = workplace?.tenant.id ?? null;
  await tx.refreshToken.create({
    data: {
      id: newId(),
      userId: user.id,
      tenantId,
      familyId,
      tokenHash: hashRefreshToken(refreshToken),
      expiresAt: new Date(ctx.clock.now().getTime() + REFRESH_TOKEN_MS),
    },
  });
  return {
    user: toSignedInUserJson(user, workplace),
    tenant: workplace && toTenantJson(workplace.tenant),
    claims: { sub: user.id, tid: tenantId, role: workplace?.role ?? null, adm: user.isSuperAdmin, sid: familyId },
    refreshToken,
  };
}

/** Only this is stored: who reads the table cannot sign in with it. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}

/**
 * Sessions of one user change one after the other. Without this, a rotation under way would commit a token that
 * the revocation of its family has not seen.
 */
export async function lockSessions(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`select id from app_user where id = ${userId}::uuid for no key update`;
}

/** Ends a session: none of its refresh tokens works any more. Needs `lockSessions`. */
export async function revokeFamily(ctx: SystemContext, tx: Tx, familyId: string): Promise<void> {
  await tx.refreshToken.updateMany({ where: { familyId, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
}

export function toSignedInUserJson(user: User, workplace: Workplace | null): SignedInUserJson {
  const { id, email, fullName, isSuperAdmin } = user;
  return { id, email, fullName, isSuperAdmin, role: workplace?.role ? toJsonEnum(workplace.role) : null };
}
