import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/** Each takes its chunks along, of which there may be some thousand. */
const EXPORTS = 5;

// data_export_expires_idx, data_export_chunk_pkey
const EXPIRE = statement(
  "data_export_expire",
  `with expired as (
     update data_export e set status = 'EXPIRED'
       from (select tenant_id, id from data_export where status = 'READY' and expires_at < $1
              order by expires_at limit $2 for update skip locked) old
      where e.tenant_id = old.tenant_id and e.id = old.id
     returning e.tenant_id, e.id
   ), dropped as (
     delete from data_export_chunk c using expired e where c.tenant_id = e.tenant_id and c.export_id = e.id
   )
   select from expired`,
);

/** Deletes archives whose time is over; that they were made is kept. Returns how many they were. */
export async function forgetDataExports({
  database,
  clock,
}: Pick<SystemContext, "database" | "clock">): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const now = await database.system.run(EXPIRE, [clock.now(), EXPORTS]);
    forgotten += now;
    if (now < EXPORTS) return forgotten;
  }
}
