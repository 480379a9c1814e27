import { statement, type MembershipRole, type Sql, type TenantPlan, type TenantStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { toTenantJson } from "../tenants/index.ts";
import type { MeJson } from "./schemas.ts";

interface PersonRow {
  id: string;
  email: string;
  fullName: string;
  isSuperAdmin: boolean;
}

/** A company of the person, with their role in it; a SUPER_ADMIN may work where they have none. */
interface PlaceRow {
  id: string;
  name: string;
  slug: string;
  status: TenantStatus;
  plan: TenantPlan;
  createdAt: string;
  role: MembershipRole | null;
}

interface SelfRow extends PersonRow {
  places: PlaceRow[];
}

// app_user_pkey, membership_user_id_idx, tenant_pkey. One statement, because every page of every front end asks this first.
const FIND_SELF = statement<SelfRow>(
  "auth_find_self",
  `select u.id, u.email, u.full_name as "fullName", u.is_super_admin as "isSuperAdmin", coalesce(p.places, '[]') as places
     from app_user u
     left join lateral (
       select json_agg(
                json_build_object('id', t.id, 'name', t.name, 'slug', t.slug, 'status', t.status, 'plan', t.plan,
                                  'createdAt', t.created_at, 'role', m.role)
                order by m.created_at, t.id) as places
         from (select tenant_id, role, created_at from membership where user_id = u.id
               union all
               select $2::uuid, null, null
                where $2::uuid is not null
                  and not exists (select from membership where tenant_id = $2::uuid and user_id = u.id)) m
         join tenant t on t.id = m.tenant_id
     ) p on true
    where u.id = $1`,
);

/** Who is asking, where they work now and where else they could. */
export async function me(ctx: RequestContext): Promise<MeJson> {
  return readSelf(ctx.database.system, requireUser(ctx), ctx.actor.tenantId);
}

/** The person `userId`, working in `tenantId` unless that is null. Whether they may is the caller's business. */
export async function readSelf(sql: Sql, userId: string, tenantId: string | null): Promise<MeJson> {
  const [self] = await sql.rows(FIND_SELF, [userId, tenantId]);
  if (!self) throw new DomainError("unauthenticated", "This user no longer exists; sign in again.");
  const { id, email, fullName, isSuperAdmin, places } = self;
  const workplace = places.find((place) => place.id === tenantId && (isSuperAdmin || place.status !== "CLOSED"));
  return {
    user: { id, email, fullName, isSuperAdmin, role: workplace?.role ? toJsonEnum(workplace.role) : null },
    tenant: workplace ? toTenantJson({ ...workplace, createdAt: new Date(workplace.createdAt) }) : null,
    memberships: places.flatMap((place) =>
      place.role ? [{ tenantId: place.id, name: place.name, slug: place.slug, role: toJsonEnum(place.role) }] : [],
    ),
  };
}
