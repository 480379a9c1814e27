export { adoptMissingPlan } from "./adopt-missing-plan.ts";
export { computeInvoice, type InvoiceFacts } from "./compute-invoice.ts";
export { closePeriod } from "./close-period.ts";
export { toInvoiceCsv } from "./invoice-csv.ts";
export { createInvoicePrinter, type InvoicePrinter, type PrinterContext } from "./invoice-printer.ts";
export { issueCreditNote } from "./issue-credit-note.ts";
export { listInvoices } from "./list-invoices.ts";
export { createLocalPayments } from "./local-payments.ts";
export { moneyText } from "./money.ts";
export { payInvoice } from "./pay-invoice.ts";
export type { PaymentContext } from "./payment-provider.ts";
export { readInvoiceFacts } from "./read-facts.ts";
export { renderInvoiceHtml } from "./render-html.ts";
export {
  createCreditNoteInput,
  creditNoteJson,
  invoiceJson,
  invoiceParams,
  invoiceSummaryJson,
  listInvoicesQuery,
  paymentJson,
  type InvoiceJson,
} from "./schemas.ts";
export { includedUnits, segmentsOf } from "./segments.ts";
export { showInvoice } from "./show-invoice.ts";
