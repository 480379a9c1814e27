import { sqlOf, statement, type Tx } from "@parley/db";
import { INVOICE_PARTS, noSuchInvoice, type InvoiceRow } from "./invoice-json.ts";

// invoice_pkey
const HOLD = statement<object>("invoices_hold", "select from invoice where tenant_id = $1 and period = $2 for update");

/** The invoice, locked until the transaction ends: who credits it or has it paid comes one after the other. */
export async function holdInvoice(tx: Tx, tenantId: string, period: Date): Promise<InvoiceRow> {
  const held = await sqlOf(tx).rows(HOLD, [tenantId, period]);
  if (held.length === 0) throw noSuchInvoice();
  return tx.invoice.findUniqueOrThrow({ where: { tenantId_period: { tenantId, period } }, include: INVOICE_PARTS });
}

/** The payment of which nobody knows yet what becomes of it; there is never more than one. */
export function openPayment({ payments }: InvoiceRow): InvoiceRow["payments"][number] | undefined {
  return payments.find(({ state }) => state === "REQUESTED" || state === "UNKNOWN");
}
