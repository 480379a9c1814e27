/** What the thread of an invoice printer does, and nothing else. */
import { setPriority } from "node:os";
import { renderInvoicePdf } from "./render-pdf.ts";
import type { InvoiceJson } from "./schemas.ts";

/** Whoever works must not feel those who print. Linux counts niceness by thread; elsewhere this would slow down the whole process. */
const NICENESS = 10;
if (process.platform === "linux") setPriority(0, NICENESS);

export function print(invoice: InvoiceJson): Promise<Uint8Array> {
  return renderInvoicePdf(invoice);
}
