import { statement, type Statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Uploads end within minutes: what is older was given up. */
const UPLOAD_MS = HOUR_MS;
/** What people sent is personal data: as long as it takes to put rows right, or to make a dry run real. */
const FILE_MS = 7 * DAY_MS;
/** Counts, and who did it. */
const KEPT_MS = 30 * DAY_MS;
/** Each takes its chunks along, of which there may be some thousand. */
const IMPORTS = 5;

type Forgetting = Statement<never>;

// contact_import_resting_idx
const FORGET_UPLOADS: Forgetting = statement(
  "contact_import_forget_uploads",
  `delete from contact_import i
    using (select tenant_id, id from contact_import where status = 'UPLOADING' and progressed_at < $1
            order by progressed_at limit $2) old
    where i.tenant_id = old.tenant_id and i.id = old.id`,
);
// contact_import_resting_idx, contact_import_chunk_pkey
const END_RESTING: Forgetting = statement(
  "contact_import_end_resting",
  `with ended as (
     update contact_import i
        set status = 'CANCELLED', reason = 'It has rested for more than seven days.', finished_at = $3
       from (select tenant_id, id from contact_import where status = 'PAUSED' and progressed_at < $1
              order by progressed_at limit $2 for update skip locked) old
      where i.tenant_id = old.tenant_id and i.id = old.id
     returning i.tenant_id, i.id
   )
   delete from contact_import_chunk c using ended where c.tenant_id = ended.tenant_id and c.import_id = ended.id`,
);
// contact_import_finished_idx
const FORGET_IMPORTS: Forgetting = statement(
  "contact_import_forget",
  `delete from contact_import i
    using (select tenant_id, id from contact_import where finished_at < $1 order by finished_at limit $2) old
    where i.tenant_id = old.tenant_id and i.id = old.id`,
);
// contact_import_finished_idx, contact_import_chunk_pkey
const FORGET_FILES: Forgetting = statement(
  "contact_import_forget_files",
  `delete from contact_import_chunk c
    using (select i.tenant_id, i.id from contact_import i
            where i.finished_at < $1
              and exists (select from contact_import_chunk c where c.tenant_id = i.tenant_id and c.import_id = i.id)
            order by i.finished_at limit $2) old
    where c.tenant_id = old.tenant_id and c.import_id = old.id`,
);
// contact_import_finished_idx, contact_import_error_pkey
const FORGET_ERRORS: Forgetting = statement(
  "contact_import_forget_errors",
  `delete from contact_import_error e
    using (select i.tenant_id, i.id from contact_import i
            where i.finished_at < $1
              and exists (select from contact_import_error e where e.tenant_id = i.tenant_id and e.import_id = i.id)
            order by i.finished_at limit $2) old
    where e.tenant_id = old.tenant_id and e.import_id = old.id`,
);

/**
 * Deletes what people sent: an hour after an upload was given up, and of what is over, file and rows that were not taken,
 * after seven days. What has rested for as long is ended. After 30 days the rest is deleted as well.
 */
export async function forgetContactImports(ctx: Pick<SystemContext, "database" | "clock">): Promise<void> {
  const steps: [Forgetting, number][] = [
    [FORGET_UPLOADS, UPLOAD_MS],
    [END_RESTING, FILE_MS],
    [FORGET_IMPORTS, KEPT_MS],
    [FORGET_FILES, FILE_MS],
    [FORGET_ERRORS, FILE_MS],
  ];
  const now = ctx.clock.now();
  for (const [forget, afterMs] of steps) {
    const values = [new Date(now.getTime() - afterMs), IMPORTS, ...(forget === END_RESTING ? [now] : [])];
    while ((await ctx.database.system.run(forget, values)) > 0);
  }
}
