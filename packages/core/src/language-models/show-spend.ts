import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchTenant } from "../tenants/index.ts";
import { readAiSettings } from "./ai-settings.ts";
import { fromMicros } from "./money.ts";
import type { SpendJson } from "./schemas.ts";

const MONTHS = 12;

/** What the company spends on models this month, and did in those before. Relies on ai_spend_pkey. */
export async function showSpend(ctx: RequestContext): Promise<SpendJson> {
  const tenantId = authorize(ctx, "ai_calls.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const tenant = await tx.tenant.findUnique({ where: { id: tenantId }, select: { timeZone: true } });
    if (!tenant) throw noSuchTenant();
    const { monthlyBudgetMicros: budget } = await readAiSettings(tx, tenantId);
    const rows = await tx.aiSpend.findMany({ where: { tenantId }, orderBy: { month: "desc" }, take: MONTHS + 1 });
    const month = monthIn(tenant.timeZone, ctx.clock.now());
    const current = rows.find((row) => nameOf(row.month) === month);
    const [spent, reserved] = [current?.spentMicros ?? 0n, current?.reservedMicros ?? 0n];
    return {
      month,
      spent: fromMicros(spent),
      reserved: fromMicros(reserved),
      budget: budget === null ? null : fromMicros(budget),
      left: budget === null ? null : fromMicros(notNegative(budget - spent - reserved)),
      earlier: rows
        .filter((row) => nameOf(row.month) < month)
        .map((row) => ({ month: nameOf(row.month), spent: fromMicros(row.spentMicros) })),
    };
  });
}

function nameOf(firstDay: Date): string {
  return firstDay.toISOString().slice(0, 7);
}

/** "2026-12": the month that it is at a time in a time zone. */
function monthIn(timeZone: string, at: Date): string {
  // The Swedish form of a date is that of ISO 8601.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" })
    .format(at)
    .slice(0, 7);
}

/** A budget may have been lowered below what is spent. */
function notNegative(micros: bigint): bigint {
  return micros < 0n ? 0n : micros;
}
