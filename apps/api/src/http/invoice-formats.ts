import {
  invoiceJson,
  renderInvoiceHtml,
  toInvoiceCsv,
  type InvoiceJson,
  type InvoicePrinter,
} from "@parley/core/invoices";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { dataOf } from "./envelopes.ts";

const TYPES = {
  json: "application/json",
  html: "text/html",
  pdf: "application/pdf",
  csv: "text/csv",
} as const;

export const invoiceFormat = z.enum(["json", "html", "pdf", "csv"]);
type InvoiceFormat = z.infer<typeof invoiceFormat>;

/** What is to be offered to an Accept header; the first to whoever takes everything. */
export const INVOICE_TYPES: string[] = Object.values(TYPES);

export function formatOf(type: string): InvoiceFormat {
  return invoiceFormat.options.find((format) => TYPES[format] === type) ?? "json";
}

const text = z.custom<FastifyReply>().meta({ type: "string", example: "…" });

/** `response: { 200: invoiceResponse }` of a route that answers with `sendInvoice`. */
export const invoiceResponse = {
  description: "The invoice, in the form that was asked for.",
  content: {
    "application/json": { schema: dataOf(invoiceJson) },
    "text/html": { schema: text },
    "application/pdf": { schema: text },
    "text/csv": { schema: text },
  },
};

/** A page has styles of its own, and loads nothing. */
const PAGE_POLICY = "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'";

export async function sendInvoice(
  reply: FastifyReply,
  invoice: InvoiceJson,
  { format, printer }: { format: InvoiceFormat; printer: InvoicePrinter },
): Promise<FastifyReply> {
  const fileName = `${invoice.number ?? `draft-${invoice.period}`}.${format}`;
  void reply.header("vary", "accept");
  switch (format) {
    case "json":
      return reply.send({ data: invoice });
    case "html":
      void reply.type("text/html; charset=utf-8").header("content-security-policy", PAGE_POLICY);
      return reply.send(await renderInvoiceHtml(invoice));
    case "pdf":
      void reply.type(TYPES.pdf).header("content-disposition", `inline; filename="${fileName}"`);
      return reply.send(await printer.pdf(invoice));
    case "csv":
      void reply.type("text/csv; charset=utf-8").header("content-disposition", `attachment; filename="${fileName}"`);
      return reply.send(toInvoiceCsv(invoice));
  }
}
