import { statement, type Sql } from "@parley/db";

// billing_period_pkey
const FIND = statement<{ tenantId: string }>(
  "billing_tenants_with_periods",
  `select distinct tenant_id as "tenantId" from billing_period order by 1`,
);

/** The tenants that may have used anything: whoever has, has a period. */
export async function findBilled(sql: Sql): Promise<string[]> {
  return (await sql.rows(FIND, [])).map(({ tenantId }) => tenantId);
}
