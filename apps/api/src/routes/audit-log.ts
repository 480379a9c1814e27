import {
  auditEntryJson,
  exportAuditLog,
  exportAuditLogQuery,
  listAuditLog,
  listAuditLogQuery,
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
};
