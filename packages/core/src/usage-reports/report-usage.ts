import { sqlOf, UsageMeter, type Prisma, type Tx } from "@parley/db";
import { noSuchPeriod, toPeriodDate, toPeriodKey } from "../billing-periods/index.ts";
import { openPeriods } from "../billing-plans/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { adoptMissingPlan, includedUnits, readInvoiceFacts, segmentsOf, type InvoiceFacts } from "../invoices/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { countGroups } from "./count-groups.ts";
import { forecastPeriod } from "./forecast-period.ts";
import type { UsageQuery, UsageReportJson } from "./schemas.ts";

type PeriodRow = Prisma.BillingPeriodGetPayload<object>;

/** What was used in a month, what is left of it, and where it will end. `not_found`: the company has no such period. */
export async function reportUsage(ctx: RequestContext, { period, by }: UsageQuery): Promise<UsageReportJson> {
  const tenantId = authorize(ctx, "billing.read");
  const now = ctx.clock.now();
  await adoptMissingPlan(ctx, tenantId);
  return ctx.database.withTenant(tenantId, async (tx) => {
    const sql = sqlOf(tx);
    const row =
      period === undefined
        ? await findCurrent(tx, tenantId, now)
        : await tx.billingPeriod.findUnique({
            where: { tenantId_startsOn: { tenantId, startsOn: toPeriodDate(period) } },
          });
    if (!row) throw noSuchPeriod();
    const { startsOn } = row;
    const facts = await readInvoiceFacts(tx, tenantId, row, "roll_ups");
    return {
      ...(await readTotals(tx, row)),
      meters: metersOf(facts),
      by,
      groups: await countGroups(sql, { tenantId, startsOn, by }),
      forecast: await forecastPeriod(sql, tenantId, { startsOn, now, facts }),
    };
  });
}

/** The period of now; opened, if nobody was there yet to do that. */
async function findCurrent(tx: Tx, tenantId: string, now: Date): Promise<PeriodRow | null> {
  const find = (): Promise<PeriodRow | null> =>
    tx.billingPeriod.findFirst({ where: { tenantId, startsAt: { lte: now }, endsAt: { gt: now } } });
  const open = await find();
  if (open) return open;
  await openPeriods(sqlOf(tx), [{ tenantId, at: now }]);
  return find();
}

async function readTotals(tx: Tx, { tenantId, startsOn, ...period }: PeriodRow) {
  const rolled = await tx.tenantQuotaUsage.findUnique({
    where: { tenantId_period: { tenantId, period: startsOn } },
  });
  return {
    period: toPeriodKey(startsOn),
    status: toJsonEnum(period.status),
    periodStart: period.startsAt.toISOString(),
    periodEnd: period.endsAt.toISOString(),
    timeZone: period.timeZone,
    ticketsCount: Number(rolled?.ticketsCount ?? 0),
    aiActionsCount: Number(rolled?.aiActionsCount ?? 0),
    messagesCount: Number(rolled?.messagesCount ?? 0),
    autoRepliesCount: Number(rolled?.autoRepliesCount ?? 0),
    campaignRecipientsCount: Number(rolled?.campaignRecipientsCount ?? 0),
    tokensUsed: Number(rolled?.tokensUsed ?? 0),
    mediaBytes: Number(rolled?.mediaBytes ?? 0),
    autoRecharges: rolled?.autoRecharges ?? 0,
    lastUpdatedAt: rolled?.lastUpdatedAt.toISOString() ?? null,
  };
}

const METERS = Object.values(UsageMeter);
const KIND_OF = { TICKETS: "TICKET_OPENED", AI_ACTIONS: "AI_ACTION", MESSAGES: "OUTBOUND_MESSAGE" } as const;

/** As the invoice would have it: what was used, against what the plans of the period and recharges include. */
function metersOf(facts: InvoiceFacts): UsageReportJson["meters"] {
  const segments = segmentsOf(facts.period, facts.plans);
  return METERS.map((meter) => {
    const used = sum(facts.usage.filter(({ kind }) => kind === KIND_OF[meter]).map(({ quantity }) => quantity));
    const recharged = sum(facts.recharges.filter((each) => each.meter === meter).map(({ units }) => units));
    const isLimited = typeof segments.at(-1)?.terms.quotas[meter] === "bigint";
    const included = isLimited ? Number(includedUnits(meter, segments, facts.period)) + recharged : null;
    return {
      meter: toJsonEnum(meter),
      used,
      included,
      recharged,
      remaining: included === null ? null : Math.max(0, included - used),
    };
  });
}

function sum(numbers: readonly bigint[]): number {
  return Number(numbers.reduce((all, one) => all + one, 0n));
}
