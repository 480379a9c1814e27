import type { Tx } from "@parley/db";
import type { CurrentTenantJson } from "./schemas.ts";

/** What a tenant has, counted in indexes alone. The statuses are literals because ticket_one_open_key names them. */
export async function countBelongings(tx: Tx, tenantId: string): Promise<CurrentTenantJson["counts"]> {
  // membership_pkey, inbox_pkey, contact_pkey, ticket_one_open_key
  const [counts] = await tx.$queryRaw<[CurrentTenantJson["counts"]]>`
    select (select count(*)::int from membership where tenant_id = ${tenantId}::uuid) as members,
           (select count(*)::int from inbox where tenant_id = ${tenantId}::uuid) as inboxes,
           (select count(*)::int from contact where tenant_id = ${tenantId}::uuid) as contacts,
           (select count(*)::int from ticket
             where tenant_id = ${tenantId}::uuid and status not in ('RESOLVED', 'CLOSED')) as "openTickets"`;
  return counts;
}
