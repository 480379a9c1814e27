import { sqlOf, type TenantPlan, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { assertSuperAdmin, requireTenant, userIdOf, type RequestContext } from "../context/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { adoptPlans } from "./adopt-plans.ts";
import { defaultTerms, type PlanTerms } from "./default-plans.ts";
import { termsOf, toPlanJson } from "./plan-json.ts";
import type { BillingPlanJson, ChangeBillingPlanInput } from "./schemas.ts";
import { holdPrices, planAt, writePlan } from "./write-plan.ts";

/**
 * Agrees other terms with a company, from now on or from a time to come; with `plan`, those of another plan, from now on.
 * What is not given stays, or is as the new plan has it. Refuses what `writePlan` refuses.
 */
export async function changeBillingPlan(ctx: RequestContext, input: ChangeBillingPlanInput): Promise<BillingPlanJson> {
  assertSuperAdmin(ctx.actor);
  const tenantId = requireTenant(ctx);
  const { plan, validFrom = null, ...changes } = input;
  return ctx.database.withSystem(async (tx) => {
    await tx.$queryRaw`select id from tenant where id = ${tenantId}::uuid for no key update`;
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { plan: true } });
    await holdPrices(tx);
    const now = ctx.clock.now();
    await adoptPlans(sqlOf(tx), [tenantId], now);
    const before = await planAt(tx, tenantId, validFrom ?? now);
    const isOther = plan !== undefined && plan !== tenant.plan;
    if (isOther && validFrom !== null) {
      const message = "takes effect at once; leave validFrom out, or change the terms alone";
      throw new DomainError("validation_failed", `plan ${message}.`, { fields: [{ path: "plan", message }] });
    }
    const base = isOther || !before ? defaultTerms(plan ?? tenant.plan, before?.currency) : termsOf(before);
    const terms = withoutLeftovers({ ...base, ...definedOf(changes) }, changes);
    const row = await writePlan(tx, tenantId, now, {
      plan: isOther || !before ? (plan ?? tenant.plan) : before.plan,
      terms,
      validFrom,
      createdBy: userIdOf(ctx.actor),
    });
    if (isOther) await moveTenant(ctx, tx, tenantId, row.plan);
    const after = toPlanJson(row);
    await recordAudit(ctx, tx, tenantId, {
      action: "billing_plan.changed",
      subject: { type: "billing_plan", id: row.id },
      before: before && toPlanJson(before),
      after,
    });
    return after;
  });
}

async function moveTenant(ctx: RequestContext, tx: Tx, id: string, plan: TenantPlan): Promise<void> {
  await tx.tenant.update({ where: { id }, data: { plan, updatedAt: ctx.clock.now() } });
  await reviseSla(ctx, tx, id);
}

type Changes = Omit<ChangeBillingPlanInput, "plan" | "validFrom">;

function definedOf(changes: Changes): Partial<PlanTerms> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** What is only for recharges goes with them, unless somebody names it. */
function withoutLeftovers(terms: PlanTerms, changes: Changes): PlanTerms {
  if (changes.hardLimitPolicy === undefined || changes.hardLimitPolicy === "AUTO_RECHARGE") return terms;
  return {
    ...terms,
    autoRechargeEnabled: changes.autoRechargeEnabled ?? false,
    whenExhausted: changes.whenExhausted ?? null,
  };
}
