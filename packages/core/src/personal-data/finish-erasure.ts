import { statement, type Tx } from "@parley/db";
import { sqlOf } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import type { SystemContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import type { LockedErasure } from "./erasure-row.ts";

// contact_pkey, contact_identifier_tenant_id_contact_id_idx
const LOCK_IDENTIFIERS = statement<object>(
  "erasure_lock_identifiers",
  `select from contact_identifier k where k.tenant_id = $1 and k.contact_id = $2 order by k.type, k.value for update`,
);
const ERASE_CONTACT = statement(
  "erasure_erase_contact",
  `update contact set name = null, tags = '{}', metadata = '{}', attributes = '{}' where tenant_id = $1 and id = $2`,
);
const DELETE_IDENTIFIERS = statement(
  "erasure_delete_identifiers",
  "delete from contact_identifier where tenant_id = $1 and contact_id = $2",
);
// Nobody is left behind with whom nothing was ever spoken.
const DELETE_IF_BARE = statement(
  "erasure_delete_if_bare",
  `delete from contact c
    where c.tenant_id = $1 and c.id = $2
      and not exists (select from conversation v where v.tenant_id = $1 and v.contact_id = $2)
      and not exists (select from ticket t where t.tenant_id = $1 and t.contact_id = $2)`,
);
// search_document_pkey
const DELETE_DOCUMENT = statement(
  "erasure_delete_document",
  "delete from search_document where tenant_id = $1 and kind = 'CONTACT' and id = $2",
);
// contact_merge_tenant_id_target_id_idx, data_export_tenant_id_contact_id_idx: also of those who became a part of them
const DELETE_EXPORTS = statement(
  "erasure_delete_exports",
  `with recursive merged (id) as (
     select $2::uuid
     union
     select m.source_id from merged g
       join contact_merge m on m.tenant_id = $1 and m.target_id = g.id and m.undone_at is null
   ), expired as (
     update data_export set status = 'EXPIRED'
      where tenant_id = $1 and contact_id in (select id from merged) and status in ('RUNNING', 'READY')
     returning tenant_id, id
   )
   delete from data_export_chunk c using expired e where c.tenant_id = e.tenant_id and c.export_id = e.id`,
);
const FINISH = statement(
  "erasure_finish",
  `update contact_erasure set status = 'DONE', step = 'done', cursor = null, counts = $3, sealed_traces = null,
          progressed_at = $4, finished_at = $4
    where tenant_id = $1 and id = $2`,
);

/** What is left of the contact, what was exported of them, and what is known about the erasure itself, but for its certificate. */
export async function finishErasure(ctx: SystemContext, tx: Tx, erasure: LockedErasure): Promise<void> {
  const { tenantId, id, contactId, counts, requestedBy } = erasure;
  const sql = sqlOf(tx);
  const contact = [tenantId, contactId];
  await sql.rows(LOCK_IDENTIFIERS, contact);
  await sql.run(DELETE_IDENTIFIERS, contact);
  await sql.run(ERASE_CONTACT, contact);
  await sql.run(DELETE_IF_BARE, contact);
  await sql.run(DELETE_DOCUMENT, contact);
  await sql.run(DELETE_EXPORTS, contact);
  await sql.run(FINISH, [tenantId, id, JSON.stringify(counts), ctx.clock.now()]);
  const data = { erasureId: id, requestedBy, counts };
  await publishEvents(ctx, tx, [{ tenantId, type: "PERSON_ERASED", actorType: "SYSTEM", contactId, data }]);
  const subject = { type: "contact", id: contactId };
  await recordAudit({ ...ctx, origin: { address: null, userAgent: null } }, tx, tenantId, {
    action: "contact.erased",
    subject,
    after: data,
  });
}
