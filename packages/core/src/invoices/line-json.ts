import type { TenantPlan } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { InvoiceLine } from "./compute-invoice.ts";
import { moneyText, priceText, toDecimal } from "./money.ts";
import type { InvoiceLineJson } from "./schemas.ts";

/** A line as it was computed, or as it is stored. */
type LineParts = Omit<InvoiceLine, "unitPrice" | "amount" | "plan"> & {
  plan: TenantPlan;
  unitPrice: { toFixed(): string };
  amount: { toFixed(): string };
};

export function toLineJson(line: LineParts, position: number, currency: string): InvoiceLineJson {
  return {
    position,
    item: line.item,
    plan: toJsonEnum(line.plan),
    kind: line.kind && toJsonEnum(line.kind),
    meter: line.meter && toJsonEnum(line.meter),
    startsAt: line.startsAt.toISOString(),
    endsAt: line.endsAt.toISOString(),
    quantity: Number(line.quantity),
    included: Number(line.included),
    charged: Number(line.charged),
    unitPrice: priceText(toDecimal(line.unitPrice), currency),
    unitSize: Number(line.unitSize),
    amount: moneyText(toDecimal(line.amount), currency),
  };
}
