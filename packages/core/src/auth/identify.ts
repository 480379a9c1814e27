import { statement, type MembershipRole, type TenantStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext, UserActor } from "../context/index.ts";
import type { AccessClaims } from "./access-claims.ts";

/** Tells who is asking, from what their access token claims. */
export interface Identification {
  /**
   * Refuses as `unauthenticated` a session that was ended, and one whose tenant is closed or has dropped the user. With
   * `anew` whatever is remembered does not count: for what would outlive the seconds in which it may be wrong.
   */
  identify(claims: AccessClaims, options?: { anew: boolean }): Promise<UserActor>;
}

interface Identity {
  userId: string;
  isSuperAdmin: boolean;
  tenantId: string | null;
  tenantStatus: TenantStatus | null;
  role: MembershipRole | null;
}

// session_pkey
const FIND_IDENTITY = statement<Identity>(
  "auth_find_identity",
  `select u.id as "userId", u.is_super_admin as "isSuperAdmin", s.tenant_id as "tenantId", t.status as "tenantStatus", m.role
     from session s
     join app_user u on u.id = s.user_id
     left join tenant t on t.id = s.tenant_id
     left join membership m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
    where s.id = $1 and s.user_id = $2 and s.revoked_at is null`,
);

/** A change of role, membership, tenant or session is noticed after at most this. */
const REMEMBERED_MS = 3_000;
/** Some megabytes; whoever is not remembered is looked up. */
const MOST_REMEMBERED = 20_000;

/** Looks a session up once in a few seconds, however many requests it makes. */
export function createIdentification(ctx: Pick<SystemContext, "database" | "clock">): Identification {
  const remembered = new Map<string, { until: number; actor: Promise<UserActor> }>();

  return {
    identify(claims, { anew } = { anew: false }) {
      const now = ctx.clock.now().getTime();
      const key = `${claims.sub} ${claims.sid}`;
      const known = remembered.get(key);
      if (known && now < known.until && !anew) return known.actor;
      remembered.delete(key);
      // A map keeps the order of insertion, so the first is the oldest.
      const [oldest] = remembered.keys();
      if (oldest !== undefined && remembered.size >= MOST_REMEMBERED) remembered.delete(oldest);
      const actor = lookUp(ctx, claims);
      remembered.set(key, { until: now + REMEMBERED_MS, actor });
      // A refusal may be the database's, which is over when it answers again.
      actor.catch(() => remembered.delete(key));
      return actor;
    },
  };
}

async function lookUp(ctx: Pick<SystemContext, "database">, claims: AccessClaims): Promise<UserActor> {
  const [identity] = await ctx.database.system.rows(FIND_IDENTITY, [claims.sid, claims.sub]);
  if (!identity || !isAtWork(identity)) {
    throw new DomainError("unauthenticated", "This session has ended; sign in again.");
  }
  const { userId, isSuperAdmin, tenantId, role } = identity;
  return { type: "user", userId, isSuperAdmin, tenantId, role };
}

function isAtWork({ isSuperAdmin, tenantId, tenantStatus, role }: Identity): boolean {
  if (isSuperAdmin) return true;
  return tenantId !== null && role !== null && tenantStatus !== "CLOSED";
}
