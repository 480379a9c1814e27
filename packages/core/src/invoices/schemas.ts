import { PaymentState, TenantPlan, UsageKind, UsageMeter } from "@parley/db";
import { z } from "zod";
import { periodInput, periodJson } from "../billing-periods/index.ts";
import { bodyText, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const MAX_REASON = 500;
const MAX_LINES = 200;

/** Money in an answer: decimal text, in whole coins of the invoice's currency. */
const money = z.string().meta({ description: "Decimal, in the invoice's currency.", example: "12.50" });

export const invoiceItems = ["monthly_fee", "usage", "recharge"] as const;

const lineJson = z.object({
  position: z.int().meta({ description: "Counts up from 1.", example: 1 }),
  item: z.enum(invoiceItems),
  plan: jsonEnum(TenantPlan).meta({ description: "Whose prices it has." }),
  kind: jsonEnum(UsageKind).nullable().meta({ description: "Of usage: what was used.", example: "ticket_opened" }),
  meter: jsonEnum(UsageMeter)
    .nullable()
    .meta({ description: "Of recharges: of what units were bought.", example: null }),
  startsAt: timeJson,
  endsAt: timeJson.meta({ description: "Not within." }),
  quantity: z
    .int()
    .meta({ description: "Of usage: as the ledger has it; included and charged together.", example: 130 }),
  included: z.int().meta({ description: "What the fee and recharges pay for.", example: 100 }),
  charged: z.int().meta({ example: 30 }),
  unitPrice: z
    .string()
    .meta({ description: "For unitSize of the quantity; of a fee, for the whole period.", example: "0.25" }),
  unitSize: z.int().meta({ example: 1 }),
  amount: money.meta({ description: "Rounded once, half to even, to the currency's smallest coin.", example: "7.50" }),
});
export type InvoiceLineJson = z.infer<typeof lineJson>;

export const creditNoteJson = z
  .object({
    id: z.uuid(),
    period: periodJson,
    number: z.string().meta({ description: "Unique in the installation.", example: "example-shop-2026-03-C1" }),
    reason: z.string().meta({ example: "An outage on 12 March" }),
    amount: money,
    currency: z.string().meta({ example: "EUR" }),
    lines: z
      .array(z.object({ position: z.int().meta({ example: 2 }), amount: money }))
      .meta({ description: "Lines of the invoice; without any it is about the invoice as a whole." }),
    createdAt: timeJson,
  })
  .meta({ id: "CreditNote" });
export type CreditNoteJson = z.infer<typeof creditNoteJson>;

export const paymentJson = z
  .object({
    id: z.uuid(),
    period: periodJson,
    provider: z.string().meta({ example: "local" }),
    state: jsonEnum(PaymentState).meta({
      description:
        '"accepted": it was taken. "refused": it was not. "requested" and "unknown": nobody knows yet, so it is not asked for once more; pay again to ask what became of it.',
    }),
    amount: money,
    currency: z.string().meta({ example: "EUR" }),
    reference: z.string().nullable().meta({ description: "The provider's.", example: "local-019c1234" }),
    error: z
      .object({ code: z.string(), title: z.string() })
      .nullable()
      .meta({ description: "Why it was refused.", example: null }),
    requestedAt: timeJson,
    settledAt: timeJson.nullable(),
  })
  .meta({ id: "Payment" });
export type PaymentJson = z.infer<typeof paymentJson>;

const invoiceFields = {
  period: periodJson,
  number: z.string().nullable().meta({ description: "Null while it is a draft.", example: "example-shop-2026-03" }),
  status: z.enum(["draft", "open", "paid"]).meta({
    description: '"draft": its period is still open, and it is as of now. "paid": nothing of it is left to be paid.',
  }),
  company: z.object({ id: z.uuid(), name: z.string().meta({ example: "Example Shop" }) }),
  startsAt: timeJson,
  endsAt: timeJson.meta({ description: "Not within." }),
  timeZone: z.string().meta({ description: "In which the period is a calendar month.", example: "Europe/Paris" }),
  currency: z.string().meta({ description: "ISO 4217", example: "EUR" }),
  total: money.meta({ description: "The sum of its lines." }),
  credited: money.meta({ description: "By credit notes.", example: "0.00" }),
  paid: money.meta({ example: "0.00" }),
  due: money.meta({ description: "What is left to be paid." }),
  overpaid: money.meta({ description: "What was paid and then credited.", example: "0.00" }),
  issuedAt: timeJson.nullable(),
  paidAt: timeJson.nullable(),
};

export const invoiceJson = z
  .object({
    ...invoiceFields,
    lines: z.array(lineJson),
    creditNotes: z.array(creditNoteJson),
    payments: z.array(paymentJson),
  })
  .meta({ id: "Invoice" });
export type InvoiceJson = z.infer<typeof invoiceJson>;

export const invoiceSummaryJson = z.object(invoiceFields).meta({ id: "InvoiceSummary" });
export type InvoiceSummaryJson = z.infer<typeof invoiceSummaryJson>;

export const listInvoicesQuery = pageQuery;
export type ListInvoicesQuery = z.output<typeof listInvoicesQuery>;

export const invoiceParams = z.strictObject({ period: periodInput });

const moneyInput = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, "must be a decimal number")
  .refine((text) => /[1-9]/.test(text), "must be more than nothing")
  .meta({ description: "Decimal, in the invoice's currency.", example: "12.50" });

export const createCreditNoteInput = z
  .strictObject({
    reason: bodyText(MAX_REASON).meta({ example: "An outage on 12 March" }),
    amount: moneyInput.optional().meta({ description: "Of the invoice as a whole; instead of lines." }),
    lines: z
      .array(z.strictObject({ position: z.int().min(1).max(100_000), amount: moneyInput }))
      .min(1)
      .max(MAX_LINES)
      .refine((lines) => new Set(lines.map(({ position }) => position)).size === lines.length, "must name a line once")
      .optional()
      .meta({ description: "What of which line need not be paid.", example: [{ position: 2, amount: "5.00" }] }),
  })
  .refine(({ amount, lines }) => (amount === undefined) !== (lines === undefined), {
    path: ["amount"],
    message: "must be given unless lines are, and not together with them",
  })
  .meta({ id: "CreateCreditNote", example: { reason: "An outage on 12 March", amount: "12.50" } });
export type CreateCreditNoteInput = z.output<typeof createCreditNoteInput>;
