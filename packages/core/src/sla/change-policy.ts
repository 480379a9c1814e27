import { isUniqueViolation } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { assertPolicy } from "./assert-policy.ts";
import { nameTaken, readLockedPolicy, toColumns, toPolicyJson } from "./policy-json.ts";
import type { ChangeSlaPolicyInput, SlaPolicyJson } from "./schemas.ts";

/**
 * Replaces each field that is given. What is open is judged anew, by a worker, soon; what is settled stays. Refuses what
 * `createSlaPolicy` refuses.
 */
export async function changeSlaPolicy(
  ctx: RequestContext,
  input: ChangeSlaPolicyInput & { id: string },
): Promise<SlaPolicyJson> {
  const tenantId = authorize(ctx, "sla.manage");
  const { id, ...change } = input;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const before = await readLockedPolicy(tx, tenantId, id);
      await assertPolicy(tx, tenantId, change);
      const changed = await tx.slaPolicy.update({
        where: { tenantId_id: { tenantId, id } },
        data: { ...toColumns(change), updatedAt: ctx.clock.now() },
      });
      const after = toPolicyJson(changed);
      await reviseSla(ctx, tx, tenantId);
      const subject = { type: "sla_policy", id };
      await recordAudit(ctx, tx, tenantId, { action: "sla_policy.changed", subject, before, after });
      return after;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}
