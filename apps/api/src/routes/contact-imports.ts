import {
  cancelContactImport,
  contactImportJson,
  contactImportQuery,
  createContactImport,
  createContactImportInput,
  exportImportErrors,
  listContactImports,
  listContactImportsQuery,
  pauseContactImport,
  resumeContactImport,
  runContactImport,
  showContactImport,
  shownContactImportJson,
} from "@parley/core/contact-imports";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { LARGE_BODY_BYTES } from "../http/body-limits.ts";
import { CSV_TIMEOUT_MS, csvResponse, sendCsv } from "../http/csv.ts";
import { CSV_BODIES, takeCsvUploads, UPLOAD_TIMEOUT_MS } from "../http/csv-uploads.ts";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Contacts"];

export const contactImportRoutes: FastifyPluginAsyncZod = async (app) => {
  await app.register(async (uploads: typeof app) => {
    await takeCsvUploads(uploads);
    uploads.post(
      "/contacts/import",
      {
        config: { access: "contacts.import", arrivalTimeoutMs: UPLOAD_TIMEOUT_MS },
        bodyLimit: LARGE_BODY_BYTES,
        handlerTimeout: UPLOAD_TIMEOUT_MS,
        schema: {
          operationId: "importContacts",
          tags,
          summary: "Import contacts from a CSV (MANAGER)",
          description:
            "The file is the body (text/csv), the file of a form (multipart/form-data, its fields before it), both of up to 512 MB, or the `csv` of a JSON body. Options stand beside it, or in the query. Once this is answered the file is stored and its first line understood; its rows become contacts in the background, in the name of whoever starts the import and with what they may do then. A row whose identifiers nobody has makes a contact; one whose contact is there changes it: what the row tells is added or replaced, and what it does not tell of stays. A `contactId`, as exports have it, means the contact of that id, and lets those come back, and be recognised, who are known by nothing else. Rows that are of two contacts, or cannot be read, are told of and change nothing. Encoding and delimiter are recognised. A company's imports run one after the other.",
          consumes: CSV_BODIES,
          querystring: contactImportQuery,
          body: createContactImportInput,
          refusals: { conflict: "Too many large files wait to be imported; wait for them, or cancel some." },
          response: { 201: dataOf(contactImportJson) },
        },
      },
      async (request, reply) => {
        const input = { ...request.query, ...request.body };
        const data = await createContactImport(request.requestContext(), input);
        return reply.code(201).send({ data });
      },
    );
  });

  app.get(
    "/contacts/imports",
    {
      config: { access: "contacts.import" },
      schema: {
        operationId: "listContactImports",
        tags,
        summary: "Imports of contacts, newest first (MANAGER)",
        description: "What is over is kept for 30 days.",
        querystring: listContactImportsQuery,
        response: { 200: listOf(contactImportJson) },
      },
    },
    (request) => listContactImports(request.requestContext(), request.query),
  );

  app.get(
    "/contacts/imports/:id",
    {
      config: { access: "contacts.import" },
      schema: {
        operationId: "showContactImport",
        tags,
        summary: "One import of contacts, and how far it is (MANAGER)",
        params: idParams,
        response: { 200: dataOf(shownContactImportJson) },
      },
    },
    async (request) => ({ data: await showContactImport(request.requestContext(), request.params) }),
  );

  app.get(
    "/contacts/imports/:id/errors",
    {
      config: { access: "contacts.import" },
      handlerTimeout: CSV_TIMEOUT_MS,
      schema: {
        operationId: "exportContactImportErrors",
        tags,
        summary: "The rows that were not taken, as CSV (MANAGER)",
        description:
          "Their cells under the file's own header, then the number of the row and why: to be put right and sent again. Kept for seven days.",
        params: idParams,
        response: { 200: csvResponse },
      },
    },
    async (request, reply) => {
      const pieces = await exportImportErrors(request.requestContext(), request.params);
      return sendCsv(reply, "contacts-not-imported.csv", pieces);
    },
  );

  app.post(
    "/contacts/imports/:id/run",
    {
      config: { access: "contacts.import" },
      schema: {
        operationId: "runContactImport",
        tags,
        summary: "Make a dry run real (MANAGER)",
        description: "With the file that it was tried with, which is kept for seven days.",
        params: idParams,
        refusals: { conflict: "This import is no dry run; only a dry run that is done can be made real." },
        response: { 200: dataOf(contactImportJson) },
      },
    },
    async (request) => ({ data: await runContactImport(request.requestContext(), request.params) }),
  );

  app.post(
    "/contacts/imports/:id/pause",
    {
      config: { access: "contacts.import" },
      schema: {
        operationId: "pauseContactImport",
        tags,
        summary: "Let an import rest (MANAGER)",
        description: "Once this is answered, no further row is written.",
        params: idParams,
        refusals: { conflict: "This import is done, so there is nothing to pause." },
        response: { 200: dataOf(contactImportJson) },
      },
    },
    async (request) => ({ data: await pauseContactImport(request.requestContext(), request.params) }),
  );

  app.post(
    "/contacts/imports/:id/resume",
    {
      config: { access: "contacts.import" },
      schema: {
        operationId: "resumeContactImport",
        tags,
        summary: "Let an import go on that was paused (MANAGER)",
        params: idParams,
        refusals: { conflict: "This import is done, so there is nothing to resume." },
        response: { 200: dataOf(contactImportJson) },
      },
    },
    async (request) => ({ data: await resumeContactImport(request.requestContext(), request.params) }),
  );

  app.post(
    "/contacts/imports/:id/cancel",
    {
      config: { access: "contacts.import" },
      schema: {
        operationId: "cancelContactImport",
        tags,
        summary: "End an import and delete its file; what it has written stays (MANAGER)",
        params: idParams,
        refusals: { conflict: "This import is done, so there is nothing to cancel." },
        response: { 200: dataOf(contactImportJson) },
      },
    },
    async (request) => ({ data: await cancelContactImport(request.requestContext(), request.params) }),
  );
};
