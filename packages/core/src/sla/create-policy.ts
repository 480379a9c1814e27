import { isUniqueViolation, type Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { assertPolicy } from "./assert-policy.ts";
import { nameTaken, toColumns, toPolicyJson } from "./policy-json.ts";
import type { CreateSlaPolicyInput, SlaPolicyJson } from "./schemas.ts";

/**
 * Promises something from now on, also for tickets that are open already: by a worker, soon. `validation_failed`: it names
 * what there is not; `conflict`: another policy has the name.
 */
export async function createSlaPolicy(ctx: RequestContext, input: CreateSlaPolicyInput): Promise<SlaPolicyJson> {
  const tenantId = authorize(ctx, "sla.manage");
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await assertPolicy(tx, tenantId, input);
        const now = ctx.clock.now();
        const position = input.position ?? (await lastPosition(tx, tenantId)) + 1;
        // What was not given has the column's default.
        const columns = toColumns(input) as Omit<Prisma.SlaPolicyUncheckedCreateInput, "tenantId" | "id" | "position">;
        const data = { ...columns, tenantId, id, position, createdAt: now, updatedAt: now };
        const policy = toPolicyJson(await tx.slaPolicy.create({ data }));
        await reviseSla(ctx, tx, tenantId);
        await recordAudit(ctx, tx, tenantId, {
          action: "sla_policy.created",
          subject: { type: "sla_policy", id },
          after: policy,
        });
        return policy;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}

/** Of the policy that is asked last; -1 without any. */
async function lastPosition(tx: Prisma.TransactionClient, tenantId: string): Promise<number> {
  const { _max: last } = await tx.slaPolicy.aggregate({ where: { tenantId }, _max: { position: true } });
  return last.position ?? -1;
}
