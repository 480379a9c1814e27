import { sqlOf, statement, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { describeContact } from "./contact-json.ts";
import { findContact } from "./contact-row.ts";
import type { ContactJson } from "./schemas.ts";

// contact_merge_tenant_id_source_id_idx
const FIND_TARGET = statement<{ targetId: string }>(
  "contact_find_target",
  `select target_id as "targetId" from contact_merge
    where tenant_id = $1 and source_id = $2 and undone_at is null
    order by merged_at desc limit 1`,
);

/** Refuses as `not_found` a contact that there is not; of one that was merged, it says into which. */
export async function showContact(ctx: RequestContext, { id }: { id: string }): Promise<ContactJson> {
  const tenantId = authorize(ctx, "contacts.read");
  const sql = ctx.database.tenantSql(tenantId);
  try {
    return await describeContact(sql, await findContact(sql, tenantId, id));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "not_found") throw error;
    throw (await whereItWent(sql, tenantId, id)) ?? error;
  }
}

async function whereItWent(tx: AnyTx, tenantId: string, id: string): Promise<DomainError | undefined> {
  const [merge] = await sqlOf(tx).rows(FIND_TARGET, [tenantId, id]);
  return merge && new DomainError("not_found", `This contact was merged into contact ${merge.targetId}.`);
}
