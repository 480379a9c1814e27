import { none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";
import { TERMS, type IssuedInvoice } from "./administrator.ts";

/** What the fee includes; of kinds that are measured. */
const INCLUDED = [
  ["ticket_opened", "TICKETS", TERMS.ticketMonthlyQuota],
  ["outbound_message", "MESSAGES", TERMS.messageMonthlyQuota],
] as const;

/** The invoices against the ledger and the recharges, and their totals against their lines. */
export async function checkInvoices(reader: Reader, invoices: readonly IssuedInvoice[]): Promise<Check[]> {
  const ledger = await reader.rows<{ tenantId: string; kind: string; quantity: string }>(
    `select tenant_id as "tenantId", lower(kind::text) as kind, sum(quantity)::text as quantity
       from usage_event group by 1, 2`,
  );
  const recharges = await reader.rows<{ tenantId: string; meter: string; units: number }>(
    `select tenant_id as "tenantId", meter, units from quota_recharge`,
  );
  const differences: string[] = [];
  const uneven: string[] = [];
  const wrong: string[] = [];
  const unfair: string[] = [];
  for (const { tenantId, total, lines } of invoices) {
    const used = ledger.filter((row) => row.tenantId === tenantId);
    const kinds = new Set([...used.map(({ kind }) => kind), ...lines.flatMap(({ kind }) => kind ?? [])]);
    for (const kind of kinds) {
      const charged = sum(lines.filter((line) => line.kind === kind).map(({ quantity }) => quantity));
      const counted = Number(used.find((row) => row.kind === kind)?.quantity ?? 0);
      if (charged !== counted) differences.push(`${tenantId} ${kind}: ${charged} instead of ${counted}`);
    }
    const usage = lines.filter(({ item }) => item === "usage");
    uneven.push(
      ...usage
        .filter((line) => line.included + line.charged !== line.quantity)
        .map(({ kind }) => `${tenantId} ${kind}`),
    );
    const bought = lines.filter(({ item }) => item === "recharge").length;
    const recorded = recharges.filter((row) => row.tenantId === tenantId);
    if (bought !== recorded.length) differences.push(`${tenantId} recharges: ${bought} instead of ${recorded.length}`);
    for (const [kind, meter, quota] of INCLUDED) {
      const included = quota + sum(recorded.filter((row) => row.meter === meter).map(({ units }) => units));
      for (const line of usage.filter((each) => each.kind === kind)) {
        const fair = Math.max(0, line.quantity - included);
        if (line.charged !== fair) unfair.push(`${tenantId} ${kind}: ${line.charged} instead of ${fair}`);
      }
    }
    if (sum(lines.map(({ amount }) => cents(amount))) !== cents(total)) wrong.push(`${tenantId}: ${total}`);
  }
  return [
    none("quantities of invoices that are not the ledger's", differences),
    none("lines that do not add up", uneven),
    none("units that are charged beside what is included", unfair),
    none("totals that are not the sum of their lines", wrong),
  ];
}

/** Amounts have two decimals. */
function cents(amount: string): number {
  return Math.round(Number(amount) * 100);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
