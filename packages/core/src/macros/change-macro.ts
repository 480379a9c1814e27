import { isUniqueViolation } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { assertActions } from "../ticket-actions/index.ts";
import { nameTaken, readLockedMacro, toActionJson, toReadMacro } from "./macro-json.ts";
import type { ChangeMacroInput, MacroJson } from "./schemas.ts";

/** Changes what is given; `actions` are given whole. Refuses what `createMacro` refuses. */
export async function changeMacro(ctx: RequestContext, input: ChangeMacroInput & { id: string }): Promise<MacroJson> {
  const tenantId = authorize(ctx, "macros.manage");
  const { id, actions, ...change } = input;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const before = await readLockedMacro(tx, tenantId, id);
      if (actions) await assertActions(tx, tenantId, actions);
      const changed = await tx.macro.update({
        where: { tenantId_id: { tenantId, id } },
        data: { ...change, ...(actions && { actions: actions.map(toActionJson) }), updatedAt: ctx.clock.now() },
      });
      const { json: after } = toReadMacro(changed);
      await recordAudit(ctx, tx, tenantId, {
        action: "macro.changed",
        subject: { type: "macro", id },
        before,
        after,
      });
      return after;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}
