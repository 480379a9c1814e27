import accepts from "@fastify/accepts";
import {
  closePeriod,
  createCreditNoteInput,
  creditNoteJson,
  invoiceJson,
  invoiceParams,
  invoiceSummaryJson,
  issueCreditNote,
  listInvoices,
  listInvoicesQuery,
  payInvoice,
  paymentJson,
  showInvoice,
} from "@parley/core/invoices";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { formatOf, INVOICE_TYPES, invoiceFormat, invoiceResponse, sendInvoice } from "../http/invoice-formats.ts";

const tags = ["Billing"];

const formatQuery = z.strictObject({
  format: invoiceFormat.optional().meta({ description: "Instead of what the Accept header asks for." }),
});

export const invoiceRoutes: FastifyPluginAsyncZod = async (app) => {
  await app.register(accepts);

  app.post(
    "/billing/periods/:period/close",
    {
      config: { access: "super_admin" },
      schema: {
        operationId: "closeBillingPeriod",
        tags,
        summary: "Close a month of the company that X-Tenant-Id names, and issue its invoice (SUPER_ADMIN)",
        description:
          "What becomes known of the month later is charged in the next one. One that is closed already answers its invoice again.",
        params: invoiceParams,
        refusals: {
          conflict:
            "This month is not over, an earlier one is still open, or what happened in it is not in the ledger yet.",
        },
        response: { 200: dataOf(invoiceJson) },
      },
    },
    async (request) => ({ data: await closePeriod(request.requestContext(), request.params) }),
  );

  app.get(
    "/billing/invoices",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "listInvoices",
        tags,
        summary: "Invoices, newest first (MANAGER)",
        querystring: listInvoicesQuery,
        response: { 200: listOf(invoiceSummaryJson) },
      },
    },
    (request) => listInvoices(request.requestContext(), request.query),
  );

  app.get(
    "/billing/invoices/:period",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "showInvoice",
        tags,
        summary: "The invoice of a month, as JSON, a page to print, PDF or CSV (MANAGER)",
        description:
          "Of a month that is still open: a draft, as of now. Amounts are decimal texts. Each line is rounded once, half to even, to the currency's smallest coin; the total is the sum of the lines. Included units are used up from the oldest part of the month on.",
        params: invoiceParams,
        querystring: formatQuery,
        response: { 200: invoiceResponse },
      },
    },
    async (request, reply) => {
      const { printer, ...ctx } = request.requestContext();
      const format = request.query.format ?? formatOf(String(request.accepts().type(INVOICE_TYPES)));
      return sendInvoice(reply, await showInvoice(ctx, request.params), { format, printer });
    },
  );

  app.post(
    "/billing/invoices/:period/credit-notes",
    {
      config: { access: "super_admin" },
      schema: {
        operationId: "issueCreditNote",
        tags,
        summary: "Say what of an invoice of the company that X-Tenant-Id names need not be paid (SUPER_ADMIN)",
        description: "Of the invoice as a whole, or of its lines. What was paid of it already is to be paid back.",
        params: invoiceParams,
        body: createCreditNoteInput,
        refusals: {
          conflict:
            "It is more than is left of the invoice or of the line, or a payment is under way of which nobody knows what becomes of it.",
        },
        response: { 201: dataOf(creditNoteJson) },
      },
    },
    async (request, reply) => {
      const data = await issueCreditNote(request.requestContext(), { ...request.body, ...request.params });
      return reply.code(201).send({ data });
    },
  );

  app.post(
    "/billing/invoices/:period/pay",
    {
      config: { access: "billing.pay" },
      schema: {
        operationId: "payInvoice",
        tags,
        summary: "Pay what is left of an invoice (OWNER)",
        description:
          "The provider of payments is asked once. When nobody knows what became of it (state unknown), pay again with a new Idempotency-Key: that asks about the same payment, and nothing is taken twice.",
        params: invoiceParams,
        refusals: { conflict: "Nothing of this invoice is left to be paid." },
        response: { 200: dataOf(paymentJson) },
      },
    },
    async (request) => ({ data: await payInvoice(request.requestContext(), request.params) }),
  );
};
