import type { Tx } from "@parley/db";
import { noSuchPeriod, toPeriodDate } from "../billing-periods/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { adoptMissingPlan } from "./adopt-missing-plan.ts";
import { computeInvoice } from "./compute-invoice.ts";
import { toDraftJson } from "./draft-json.ts";
import { INVOICE_PARTS, toInvoiceJson } from "./invoice-json.ts";
import { readInvoiceFacts } from "./read-facts.ts";
import type { InvoiceJson } from "./schemas.ts";

/** The invoice of a month; of one that is still open, what it comes to so far. */
export async function showInvoice(ctx: RequestContext, { period }: { period: string }): Promise<InvoiceJson> {
  const tenantId = authorize(ctx, "billing.read");
  await adoptMissingPlan(ctx, tenantId);
  return ctx.database.withTenant(tenantId, (tx) => readInvoice(tx, tenantId, toPeriodDate(period)));
}

/** `not_found`: the company has no such period. */
export async function readInvoice(tx: Tx, tenantId: string, startsOn: Date): Promise<InvoiceJson> {
  const tenant = await tx.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { id: true, name: true, slug: true },
  });
  const invoice = await tx.invoice.findUnique({
    where: { tenantId_period: { tenantId, period: startsOn } },
    include: { ...INVOICE_PARTS, lines: { orderBy: { position: "asc" } } },
  });
  if (invoice) return toInvoiceJson(invoice, tenant.slug);
  const period = await tx.billingPeriod.findUnique({ where: { tenantId_startsOn: { tenantId, startsOn } } });
  if (!period) throw noSuchPeriod();
  const facts = await readInvoiceFacts(tx, tenantId, period, "roll_ups");
  return toDraftJson({ tenant, period, currency: facts.currency, ...computeInvoice(facts) });
}
