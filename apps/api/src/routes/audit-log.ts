import {
  auditEntryJson,
  exportAuditLog,
  exportAuditLogQuery,
  listAuditLog,
  listAuditLogQuery,
  listPlatformAuditLog,
} from "@parley/core/audit";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { CSV_TIMEOUT_MS, csvResponse, sendCsv } from "../http/csv.ts";
import { listOf } from "../http/envelopes.ts";

const tags = ["Audit log"];

export const auditLogRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/audit-log",
    {
      config: { access: "audit.read" },
      schema: {
        operationId: "listAuditLog",
        tags,
        summary: "Who changed what, newest first (ADMIN)",
        querystring: listAuditLogQuery,
        response: { 200: listOf(auditEntryJson) },
      },
    },
    (request) => listAuditLog(request.requestContext(), request.query),
  );

  app.get(
    "/audit-log/export",
    {
      config: { access: "audit.read" },
      handlerTimeout: CSV_TIMEOUT_MS,
      schema: {
        operationId: "exportAuditLog",
        tags,
        summary: "The audit log as CSV, newest first (ADMIN)",
        description: "The export is itself written into the audit log.",
        querystring: exportAuditLogQuery,
        response: { 200: csvResponse },
      },
    },
    async (request, reply) => {
      const pieces = await exportAuditLog(request.requestContext(), request.query);
      return sendCsv(reply, "audit-log.csv", pieces);
    },
  );

  app.get(
    "/platform-audit-log",
    {
      config: { access: "super_admin" },
      schema: {
        operationId: "listPlatformAuditLog",
        tags,
        summary: "Who changed what that belongs to no company, newest first",
        description:
          "The sign-ins to the dashboard of queues and what was done there, passwords of people who belong to no " +
          "company or administer the platform, and replays of raw events that belong to none.",
        querystring: listAuditLogQuery,
        response: { 200: listOf(auditEntryJson) },
      },
    },
    (request) => listPlatformAuditLog(request.requestContext(), request.query),
  );
};
