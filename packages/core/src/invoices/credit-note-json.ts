import type { Prisma } from "@parley/db";
import { toPeriodKey } from "../billing-periods/index.ts";
import { moneyText, toDecimal } from "./money.ts";
import type { CreditNoteJson } from "./schemas.ts";

type CreditNoteRow = Prisma.CreditNoteGetPayload<{ include: { lines: true } }>;

export function toCreditNoteJson(note: CreditNoteRow, currency: string, slug: string): CreditNoteJson {
  return {
    id: note.id,
    period: toPeriodKey(note.period),
    number: `${numberOf(slug, note.period)}-C${note.number}`,
    reason: note.reason,
    amount: moneyText(toDecimal(note.amount), currency),
    currency,
    lines: note.lines.flatMap(({ invoicePosition, amount }) =>
      invoicePosition === null ? [] : [{ position: invoicePosition, amount: moneyText(toDecimal(amount), currency) }],
    ),
    createdAt: note.createdAt.toISOString(),
  };
}

/** The number of an invoice. Slugs are unique and never change. */
export function numberOf(slug: string, period: Date): string {
  return `${slug}-${toPeriodKey(period)}`;
}
