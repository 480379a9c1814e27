import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toAttributeJson } from "./attribute-json.ts";
import type { AttributeOwner } from "./attribute-owner.ts";
import { definitionsOf, readLockedDefinition } from "./definition-rows.ts";

/**
 * Its values are shown no longer, nor accepted. They stay stored: an attribute that is made again with the same key and
 * type has them back.
 */
export async function deleteAttribute(
  ctx: RequestContext,
  owner: AttributeOwner,
  { id }: { id: string },
): Promise<void> {
  const tenantId = authorize(ctx, owner.manage);
  await ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedDefinition(tx, owner, tenantId, id);
    await definitionsOf(tx, owner).delete({ where: { tenantId_id: { tenantId, id } } });
    await recordAudit(ctx, tx, tenantId, {
      action: `${owner.table}.deleted`,
      subject: { type: owner.table, id },
      before: toAttributeJson(before),
    });
  });
}
