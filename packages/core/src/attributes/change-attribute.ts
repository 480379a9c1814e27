import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toAttributeJson } from "./attribute-json.ts";
import type { AttributeOwner } from "./attribute-owner.ts";
import { definitionsOf, readLockedDefinition } from "./definition-rows.ts";
import type { AttributeJson, ChangeAttributeInput } from "./schemas.ts";

/** Changes its label, or what a choice chooses from: an option that is taken away stays until another one is given. */
export async function changeAttribute(
  ctx: RequestContext,
  owner: AttributeOwner,
  input: ChangeAttributeInput & { id: string },
): Promise<AttributeJson> {
  const tenantId = authorize(ctx, owner.manage);
  const { id, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedDefinition(tx, owner, tenantId, id);
    if (change.options !== undefined && before.type !== "CHOICE") {
      const message = "must not be given: this is not a choice";
      throw new DomainError("validation_failed", `options ${message}.`, { fields: [{ path: "options", message }] });
    }
    const changed = await definitionsOf(tx, owner).update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...change, updatedAt: ctx.clock.now() },
    });
    const after = toAttributeJson(changed);
    await recordAudit(ctx, tx, tenantId, {
      action: `${owner.table}.changed`,
      subject: { type: owner.table, id },
      before: toAttributeJson(before),
      after,
    });
    return after;
  });
}
