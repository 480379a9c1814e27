import type { Prisma, Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { lockTenant } from "../tenants/index.ts";
import type { AutoCloseJson, ChangeAutoCloseInput } from "./auto-close-schemas.ts";

/** What becomes of tickets in which nobody writes. */
export async function showAutoClose(ctx: RequestContext): Promise<AutoCloseJson> {
  const tenantId = authorize(ctx, "sla.read");
  return ctx.database.withTenant(tenantId, (tx) => readRules(tx, tenantId));
}

/** Replaces the rules. They are for tickets that wait already, too. */
export async function changeAutoClose(ctx: RequestContext, { rules }: ChangeAutoCloseInput): Promise<AutoCloseJson> {
  const tenantId = authorize(ctx, "sla.manage");
  return ctx.database.withTenant(tenantId, async (tx) => {
    // Two changes at the same time are one after the other.
    await lockTenant(tx, tenantId);
    const before = await readRules(tx, tenantId);
    await tx.autoCloseRule.deleteMany({ where: { tenantId } });
    await tx.autoCloseRule.createMany({ data: rules.map((rule) => ({ ...rule, tenantId })) });
    const after = await readRules(tx, tenantId);
    await reviseSla(ctx, tx, tenantId);
    const subject = { type: "auto_close", id: tenantId };
    await recordAudit(ctx, tx, tenantId, { action: "auto_close.changed", subject, before, after });
    return after;
  });
}

async function readRules(tx: Tx, tenantId: string): Promise<AutoCloseJson> {
  const rules = await tx.autoCloseRule.findMany({ where: { tenantId }, orderBy: { status: "asc" } });
  return { rules: rules.map(toRuleJson) };
}

function toRuleJson({
  status,
  clock,
  closesAs,
  afterSeconds,
  noticeSeconds,
  noticeText,
}: Prisma.AutoCloseRuleGetPayload<object>): AutoCloseJson["rules"][number] {
  return {
    status: toJsonEnum(status),
    afterSeconds,
    clock: toJsonEnum(clock),
    closesAs: toJsonEnum(closesAs),
    noticeSeconds,
    noticeText,
  };
}
