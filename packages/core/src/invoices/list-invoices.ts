import { periodCursor, toPeriodDate, toPeriodKey } from "../billing-periods/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { INVOICE_PARTS, toInvoiceSummaryJson } from "./invoice-json.ts";
import type { InvoiceSummaryJson, ListInvoicesQuery } from "./schemas.ts";

/** Those of closed months, the newest first. Relies on invoice_pkey. */
export async function listInvoices(ctx: RequestContext, query: ListInvoicesQuery): Promise<Page<InvoiceSummaryJson>> {
  const tenantId = authorize(ctx, "billing.read");
  const { limit } = query;
  const [before] = readCursor(query.cursor, periodCursor) ?? [];
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
    const rows = await tx.invoice.findMany({
      where: { tenantId, ...(before !== undefined && { period: { lt: toPeriodDate(before) } }) },
      include: INVOICE_PARTS,
      orderBy: { period: "desc" },
      take: rowsToRead(limit),
    });
    return mapPage(
      cutPage(rows, limit, ({ period }) => [toPeriodKey(period)]),
      (invoice) => toInvoiceSummaryJson(invoice, slug),
    );
  });
}
