import {
  backlogReportJson,
  exportReport,
  exportReportQuery,
  groupedReportQuery,
  loadReportJson,
  messageReportJson,
  overviewJson,
  overviewQuery,
  reportBacklog,
  reportLoad,
  reportMessages,
  reportResponses,
  reportSatisfaction,
  reportTickets,
  responseReportJson,
  satisfactionReportJson,
  showOverview,
  ticketReportJson,
} from "@parley/core/analytics";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { csvResponse, sendCsv } from "../http/csv.ts";
import { dataOf } from "../http/envelopes.ts";

const tags = ["Analytics"];
const config = { access: "reports.read" } as const;

export const analyticsRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/analytics/overview",
    {
      config,
      schema: {
        operationId: "showOverview",
        tags,
        summary: "What came in and went out in the last days (MANAGER)",
        description: "Days are the company's own. What has left counts on the day on which it left.",
        querystring: overviewQuery,
        response: { 200: dataOf(overviewJson) },
      },
    },
    async (request) => ({ data: await showOverview(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/messages",
    {
      config,
      schema: {
        operationId: "reportMessages",
        tags,
        summary: "Messages of some days, and what became of them (MANAGER)",
        description:
          "By agent they are of the member who wrote them; by team or tag, of those that their ticket has now, and of each of its tags.",
        querystring: groupedReportQuery,
        response: { 200: dataOf(messageReportJson) },
      },
    },
    async (request) => ({ data: await reportMessages(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/tickets",
    {
      config,
      schema: {
        operationId: "reportTickets",
        tags,
        summary: "Tickets that began and ended, and how long that took, by whoever had them then (MANAGER)",
        description: "By tag, a ticket counts for each tag that it has now.",
        querystring: groupedReportQuery,
        response: { 200: dataOf(ticketReportJson) },
      },
    },
    async (request) => ({ data: await reportTickets(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/responses",
    {
      config,
      schema: {
        operationId: "reportResponses",
        tags,
        summary: "How long customers waited for the answers that they got (MANAGER)",
        description:
          "What the AI answers is an answer, of no agent. What is by SLA clocks is in the report of attainment.",
        querystring: groupedReportQuery,
        response: { 200: dataOf(responseReportJson) },
      },
    },
    async (request) => ({ data: await reportResponses(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/backlog",
    {
      config,
      schema: {
        operationId: "reportBacklog",
        tags,
        summary: "How many tickets were unfinished at the end of each day, and with whom (MANAGER)",
        querystring: groupedReportQuery,
        response: { 200: dataOf(backlogReportJson) },
      },
    },
    async (request) => ({ data: await reportBacklog(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/load",
    {
      config,
      schema: {
        operationId: "reportLoad",
        tags,
        summary: "How much there was to do at which hours of the week (MANAGER)",
        description: "Messages are of groups as in the report of messages, and tickets as in that of tickets.",
        querystring: groupedReportQuery,
        response: { 200: dataOf(loadReportJson) },
      },
    },
    async (request) => ({ data: await reportLoad(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/satisfaction",
    {
      config,
      schema: {
        operationId: "reportSatisfaction",
        tags,
        summary: "How satisfied customers said that they are (MANAGER)",
        querystring: groupedReportQuery,
        response: { 200: dataOf(satisfactionReportJson) },
      },
    },
    async (request) => ({ data: await reportSatisfaction(request.requestContext(), request.query) }),
  );

  app.get(
    "/analytics/export",
    {
      config,
      schema: {
        operationId: "exportReport",
        tags,
        summary: "A report as CSV (MANAGER)",
        description: "The export is written into the audit log.",
        querystring: exportReportQuery,
        response: { 200: csvResponse },
      },
    },
    async (request, reply) => {
      const pieces = await exportReport(request.requestContext(), request.query);
      return sendCsv(reply, `${request.query.report}.csv`, pieces);
    },
  );
};
