import { toCsv } from "../csv/index.ts";
import type { InvoiceJson } from "./schemas.ts";

const COLUMNS = [
  "period",
  "position",
  "item",
  "plan",
  "kind",
  "meter",
  "startsAt",
  "endsAt",
  "quantity",
  "included",
  "charged",
  "unitPrice",
  "unitSize",
  "amount",
  "currency",
];

/** The lines of an invoice, for a spreadsheet. */
export function toInvoiceCsv({ period, currency, lines }: InvoiceJson): string {
  const rows = lines.map((line) => [
    period,
    line.position,
    line.item,
    line.plan,
    line.kind,
    line.meter,
    line.startsAt,
    line.endsAt,
    line.quantity,
    line.included,
    line.charged,
    line.unitPrice,
    line.unitSize,
    line.amount,
    currency,
  ]);
  return toCsv([COLUMNS, ...rows]);
}
