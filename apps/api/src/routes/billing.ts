import { billingPeriodJson, listBillingPeriods, listBillingPeriodsQuery } from "@parley/core/billing-periods";
import {
  billingPlanJson,
  changeBillingPlan,
  changeBillingPlanInput,
  listBillingPlans,
  listBillingPlansQuery,
  showBillingPlan,
} from "@parley/core/billing-plans";
import {
  exportLedger,
  exportLedgerQuery,
  ledgerEntryJson,
  listLedger,
  listLedgerQuery,
  reportUsage,
  showTicketUsage,
  ticketUsageJson,
  usageQuery,
  usageReportJson,
} from "@parley/core/usage-reports";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { CSV_TIMEOUT_MS, csvResponse, sendCsv } from "../http/csv.ts";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Billing"];

export const billingRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/billing/plan",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "showBillingPlan",
        tags,
        summary: "What the company pays and may use (MANAGER)",
        response: { 200: dataOf(billingPlanJson) },
      },
    },
    async (request) => ({ data: await showBillingPlan(request.requestContext()) }),
  );

  app.patch(
    "/billing/plan",
    {
      config: { access: "super_admin" },
      schema: {
        operationId: "changeBillingPlan",
        tags,
        summary: "Agree other terms with the company that X-Tenant-Id names (SUPER_ADMIN)",
        description:
          "From now on, or from a time to come. What is not given stays as it is. Fee and included units of a month with several terms are by the time for which each was valid.",
        body: changeBillingPlanInput,
        refusals: { conflict: "The currency changes only with the beginning of a period." },
        response: { 200: dataOf(billingPlanJson) },
      },
    },
    async (request) => ({ data: await changeBillingPlan(request.requestContext(), request.body) }),
  );

  app.get(
    "/billing/plans",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "listBillingPlans",
        tags,
        summary: "What was agreed, and is to be, newest first (MANAGER)",
        querystring: listBillingPlansQuery,
        response: { 200: listOf(billingPlanJson) },
      },
    },
    (request) => listBillingPlans(request.requestContext(), request.query),
  );

  app.get(
    "/billing/usage",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "reportUsage",
        tags,
        summary: "What was used in a month, what is left, and where it will end (MANAGER)",
        description: "The sums of the ledger, a second or so behind what happens.",
        querystring: usageQuery,
        response: { 200: dataOf(usageReportJson) },
      },
    },
    async (request) => ({ data: await reportUsage(request.requestContext(), request.query) }),
  );

  app.get(
    "/billing/ledger",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "listLedger",
        tags,
        summary: "Each thing that costs, once, newest first (MANAGER)",
        description: "By the month in which it is charged. Entries are never changed nor deleted.",
        querystring: listLedgerQuery,
        response: { 200: listOf(ledgerEntryJson) },
      },
    },
    (request) => listLedger(request.requestContext(), request.query),
  );

  app.get(
    "/billing/ledger/export",
    {
      config: { access: "billing.read" },
      handlerTimeout: CSV_TIMEOUT_MS,
      schema: {
        operationId: "exportLedger",
        tags,
        summary: "The ledger as CSV, newest first (MANAGER)",
        description: "The export is written into the audit log.",
        querystring: exportLedgerQuery,
        response: { 200: csvResponse },
      },
    },
    async (request, reply) => {
      const pieces = await exportLedger(request.requestContext(), request.query);
      return sendCsv(reply, "ledger.csv", pieces);
    },
  );

  app.get(
    "/billing/tickets/:id",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "showTicketUsage",
        tags,
        summary: "What one ticket has used (MANAGER)",
        params: idParams,
        response: { 200: dataOf(ticketUsageJson) },
      },
    },
    async (request) => ({ data: await showTicketUsage(request.requestContext(), request.params) }),
  );

  app.get(
    "/billing/periods",
    {
      config: { access: "billing.read" },
      schema: {
        operationId: "listBillingPeriods",
        tags,
        summary: "Months, newest first (MANAGER)",
        description: "Calendar months in the time zone that the company had when each began.",
        querystring: listBillingPeriodsQuery,
        response: { 200: listOf(billingPeriodJson) },
      },
    },
    (request) => listBillingPeriods(request.requestContext(), request.query),
  );
};
