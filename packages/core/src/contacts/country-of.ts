import { sqlOf, statement, type AnyTx } from "@parley/db";

// tenant_pkey
const READ_COUNTRY = statement<{ country: string | null }>(
  "tenant_country",
  "select country from tenant where id = $1",
);

/** The country of numbers that are written without one; null where the settings name none. */
export async function countryOf(tx: AnyTx, tenantId: string): Promise<string | null> {
  const [tenant] = await sqlOf(tx).rows(READ_COUNTRY, [tenantId]);
  return tenant?.country ?? null;
}
