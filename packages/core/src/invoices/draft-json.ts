import { spanJson, toPeriodKey } from "../billing-periods/index.ts";
import type { InvoiceLine } from "./compute-invoice.ts";
import { toLineJson } from "./line-json.ts";
import { Decimal, moneyText } from "./money.ts";
import type { InvoiceJson } from "./schemas.ts";

/** Of a period that is still open: what it comes to so far. */
export function toDraftJson(draft: {
  tenant: { id: string; name: string };
  period: { startsOn: Date; startsAt: Date; endsAt: Date; timeZone: string };
  currency: string;
  lines: readonly InvoiceLine[];
  total: Decimal;
}): InvoiceJson {
  const { tenant, period, currency } = draft;
  const nothing = moneyText(new Decimal(0), currency);
  const total = moneyText(draft.total, currency);
  return {
    period: toPeriodKey(period.startsOn),
    number: null,
    status: "draft",
    company: { id: tenant.id, name: tenant.name },
    ...spanJson(period),
    currency,
    total,
    credited: nothing,
    paid: nothing,
    due: total,
    overpaid: nothing,
    issuedAt: null,
    paidAt: null,
    lines: draft.lines.map((line, index) => toLineJson(line, index + 1, currency)),
    creditNotes: [],
    payments: [],
  };
}
