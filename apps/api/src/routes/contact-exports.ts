import { exportContacts, exportContactsQuery } from "@parley/core/contact-exports";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { CSV_TIMEOUT_MS, csvResponse, sendCsv } from "../http/csv.ts";

export const contactExportRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/contacts/export",
    {
      config: { access: "contacts.export" },
      handlerTimeout: CSV_TIMEOUT_MS,
      schema: {
        operationId: "exportContacts",
        tags: ["Contacts"],
        summary: "Contacts as CSV, newest first (MANAGER)",
        description:
          "Those that the filters mean, as they are when their turn comes; who comes while it is read is not among them. What a spreadsheet would take for a formula has an apostrophe in front, which an import takes away again. The export is written into the audit log.",
        querystring: exportContactsQuery,
        response: { 200: csvResponse },
        refusals: { not_found: "There is no segment with this id." },
      },
    },
    async (request, reply) => {
      const pieces = await exportContacts(request.requestContext(), request.query);
      return sendCsv(reply, "contacts.csv", pieces);
    },
  );
};
