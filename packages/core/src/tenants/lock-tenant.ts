import type { Tx } from "@parley/db";
import { noSuchTenant, type TenantRow } from "./tenant-json.ts";

/** The tenant, locked until the transaction ends: whoever changes it or its settings next sees what became of it. */
export async function lockTenant(tx: Tx, id: string): Promise<TenantRow> {
  await tx.$queryRaw`select id from tenant where id = ${id}::uuid for no key update`;
  const tenant = await tx.tenant.findUnique({ where: { id } });
  if (!tenant) throw noSuchTenant();
  return tenant;
}
