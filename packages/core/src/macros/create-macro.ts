import { isUniqueViolation } from "@parley/db";
import { newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { assertActions } from "../ticket-actions/index.ts";
import { nameTaken, toActionJson, toReadMacro } from "./macro-json.ts";
import type { CreateMacroInput, MacroJson } from "./schemas.ts";

/** `validation_failed`: an action could never be done. `conflict`: another macro has the name. */
export async function createMacro(ctx: RequestContext, input: CreateMacroInput): Promise<MacroJson> {
  const tenantId = authorize(ctx, "macros.manage");
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await assertActions(tx, tenantId, input.actions);
        const now = ctx.clock.now();
        const actions = input.actions.map(toActionJson);
        const data = { ...input, actions, tenantId, id, createdAt: now, updatedAt: now };
        const { json } = toReadMacro(await tx.macro.create({ data }));
        await recordAudit(ctx, tx, tenantId, {
          action: "macro.created",
          subject: { type: "macro", id },
          after: json,
        });
        return json;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}
