import { BillingPeriodStatus, type Prisma } from "@parley/db";
import { z } from "zod";
import { authorize, type RequestContext } from "../context/index.ts";
import { jsonEnum, timeJson, toJsonEnum } from "../json/index.ts";
import { cutPage, mapPage, pageQuery, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { periodInput, periodJson, spanJson, toPeriodDate, toPeriodKey } from "./period-key.ts";

export const billingPeriodJson = z
  .object({
    period: periodJson,
    status: jsonEnum(BillingPeriodStatus).meta({
      description: '"closed": its invoice is issued, and what becomes known of it is charged in the next one.',
    }),
    startsAt: timeJson,
    endsAt: timeJson.meta({ description: "Not within." }),
    timeZone: z.string().meta({ description: "In which it is a calendar month.", example: "Europe/Paris" }),
    closedAt: timeJson.nullable(),
  })
  .meta({ id: "BillingPeriod" });
export type BillingPeriodJson = z.infer<typeof billingPeriodJson>;

export const listBillingPeriodsQuery = pageQuery;
export type ListBillingPeriodsQuery = z.output<typeof listBillingPeriodsQuery>;

/** The sort key of lists of months. */
export const periodCursor = z.tuple([periodInput]);

/** Newest first. Relies on billing_period_pkey. */
export async function listBillingPeriods(
  ctx: RequestContext,
  query: ListBillingPeriodsQuery,
): Promise<Page<BillingPeriodJson>> {
  const tenantId = authorize(ctx, "billing.read");
  const { limit } = query;
  const [before] = readCursor(query.cursor, periodCursor) ?? [];
  const rows = await ctx.database.withTenant(tenantId, (tx) =>
    tx.billingPeriod.findMany({
      where: { tenantId, ...(before !== undefined && { startsOn: { lt: toPeriodDate(before) } }) },
      orderBy: { startsOn: "desc" },
      take: rowsToRead(limit),
    }),
  );
  return mapPage(
    cutPage(rows, limit, ({ startsOn }) => [toPeriodKey(startsOn)]),
    toPeriodJson,
  );
}

function toPeriodJson(row: Prisma.BillingPeriodGetPayload<object>): BillingPeriodJson {
  return {
    period: toPeriodKey(row.startsOn),
    status: toJsonEnum(row.status),
    ...spanJson(row),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}
