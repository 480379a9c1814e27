import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { spanJson, toPeriodKey } from "../billing-periods/index.ts";
import { numberOf, toCreditNoteJson } from "./credit-note-json.ts";
import { toLineJson } from "./line-json.ts";
import { Decimal, moneyText, toDecimal } from "./money.ts";
import { toPaymentJson } from "./payment-json.ts";
import { invoiceItems, type InvoiceJson, type InvoiceSummaryJson } from "./schemas.ts";

/** An invoice with all that answers tell of it but its lines. */
export type InvoiceRow = Prisma.InvoiceGetPayload<{ include: typeof INVOICE_PARTS }>;

export const INVOICE_PARTS = {
  billingPeriod: true,
  creditNotes: { include: { lines: { orderBy: { position: "asc" } } }, orderBy: { number: "asc" } },
  payments: { orderBy: { id: "asc" } },
} as const satisfies Prisma.InvoiceInclude;

/** What was charged, given back and paid. */
interface Balance {
  total: Decimal;
  credited: Decimal;
  paid: Decimal;
  /** What is left to be paid; less than nothing when what was paid was credited. */
  left: Decimal;
}

export function balanceOf({
  total,
  creditNotes,
  payments,
}: Pick<InvoiceRow, "total" | "creditNotes" | "payments">): Balance {
  const credited = sumOf(creditNotes.map(({ amount }) => amount));
  const paid = sumOf(payments.filter(({ state }) => state === "ACCEPTED").map(({ amount }) => amount));
  const all = toDecimal(total);
  return { total: all, credited, paid, left: all.minus(credited).minus(paid) };
}

export function toInvoiceSummaryJson(invoice: InvoiceRow, slug: string): InvoiceSummaryJson {
  const { billingPeriod, currency, company, tenantId, issuedAt, paidAt } = invoice;
  const { total, credited, paid, left } = balanceOf(invoice);
  const money = (amount: Decimal): string => moneyText(amount, currency);
  return {
    period: toPeriodKey(invoice.period),
    number: numberOf(slug, invoice.period),
    status: left.gt(0) ? "open" : "paid",
    company: { id: tenantId, name: company },
    ...spanJson(billingPeriod),
    currency,
    total: money(total),
    credited: money(credited),
    paid: money(paid),
    due: money(Decimal.max(left, 0)),
    overpaid: money(Decimal.max(left.neg(), 0)),
    issuedAt: issuedAt.toISOString(),
    paidAt: paidAt?.toISOString() ?? null,
  };
}

export function toInvoiceJson(
  invoice: InvoiceRow & { lines: readonly Prisma.InvoiceLineGetPayload<object>[] },
  slug: string,
): InvoiceJson {
  const { currency } = invoice;
  return {
    ...toInvoiceSummaryJson(invoice, slug),
    lines: invoice.lines.map((line) =>
      toLineJson({ ...line, item: z.enum(invoiceItems).parse(line.item) }, line.position, currency),
    ),
    creditNotes: invoice.creditNotes.map((note) => toCreditNoteJson(note, currency, slug)),
    payments: invoice.payments.map(toPaymentJson),
  };
}

export function noSuchInvoice(): DomainError {
  return new DomainError("not_found", "There is no invoice for this month.");
}

function sumOf(amounts: readonly { toFixed(): string }[]): Decimal {
  return amounts.reduce((sum: Decimal, amount) => sum.plus(amount.toFixed()), new Decimal(0));
}
