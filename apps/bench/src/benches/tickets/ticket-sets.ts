import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { Asker } from "./world.ts";

export interface KnownTicket {
  tenantId: string;
  id: string;
  priority: string;
}

const MOST = 200;

/** Some tickets of each asker's tenant that are being worked on. */
export function findUnfinished(database: BenchDatabase, askers: readonly Asker[]): Promise<KnownTicket[]> {
  const tenants = [...new Set(askers.map(({ tenantId }) => tenantId))];
  return withSystem(database, async (client) => {
    const { rows } = await client.query<KnownTicket>(
      `select tenant_id as "tenantId", id, priority
         from (select *, row_number() over (partition by tenant_id order by number desc) as position
                 from ticket where tenant_id = any($1) and status not in ('RESOLVED', 'CLOSED')) t
        where position <= $2
        order by position, tenant_id`,
      [tenants, Math.ceil(MOST / tenants.length)],
    );
    return rows;
  });
}
