import {
  createDataExport,
  dataExportJson,
  eraseContact,
  erasureJson,
  listDataExports,
  listDataExportsQuery,
  listErasures,
  listErasuresQuery,
  readArchive,
  showDataExport,
  showErasure,
} from "@parley/core/personal-data";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { ZIP_TIMEOUT_MS, sendZip, zipResponse } from "../http/zip.ts";
import { idParams } from "./id-params.ts";

const tags = ["Personal data"];

export const personalDataRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/contacts/:id/data-exports",
    {
      config: { access: "personal_data.export" },
      schema: {
        operationId: "createDataExport",
        tags,
        summary: "Put everything that there is of a contact into an archive (ADMIN)",
        description:
          "In the background. The archive is a zip: profile, conversations, messages, tickets with their surveys, drafts and what rules did, as JSON, messages as CSV besides, a page to read, and the files of messages, up to a gigabyte. It is kept encrypted for seven days.",
        params: idParams,
        refusals: { conflict: "This contact was erased, so there is nothing to export." },
        response: { 201: dataOf(dataExportJson) },
      },
    },
    async (request, reply) => {
      const data = await createDataExport(request.requestContext(), request.params);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/data-exports",
    {
      config: { access: "personal_data.export" },
      schema: {
        operationId: "listDataExports",
        tags,
        summary: "Exports of personal data, newest first (ADMIN)",
        querystring: listDataExportsQuery,
        response: { 200: listOf(dataExportJson) },
      },
    },
    (request) => listDataExports(request.requestContext(), request.query),
  );

  app.get(
    "/data-exports/:id",
    {
      config: { access: "personal_data.export" },
      schema: {
        operationId: "showDataExport",
        tags,
        summary: "One export of personal data (ADMIN)",
        params: idParams,
        response: { 200: dataOf(dataExportJson) },
      },
    },
    async (request) => ({ data: await showDataExport(request.requestContext(), request.params) }),
  );

  app.get(
    "/data-exports/:id/archive",
    {
      config: { access: "personal_data.export" },
      handlerTimeout: ZIP_TIMEOUT_MS,
      schema: {
        operationId: "fetchDataExport",
        tags,
        summary: "The archive of an export (ADMIN)",
        description: "That it was fetched is written down in the audit log.",
        params: idParams,
        refusals: { conflict: "This export is running; its archive cannot be fetched." },
        response: { 200: zipResponse },
      },
    },
    async (request, reply) => {
      const pieces = await readArchive(request.requestContext(), request.params);
      return sendZip(reply, "personal-data.zip", pieces);
    },
  );

  app.post(
    "/contacts/:id/erase",
    {
      config: { access: "personal_data.erase" },
      schema: {
        operationId: "eraseContact",
        tags,
        summary: "Erase what is personal about a contact, for good (ADMIN)",
        description:
          "Once this is answered nobody is found by their identifiers any more, and nothing is sent to them; the rest is erased in the background, also what was merged into the contact. What is left are rows without contents, so that counts and order hold. It cannot be undone. What they write from now on is of a new contact.",
        params: idParams,
        response: { 202: dataOf(erasureJson) },
      },
    },
    async (request, reply) => {
      const data = await eraseContact(request.requestContext(), request.params);
      return reply.code(202).send({ data });
    },
  );

  app.get(
    "/erasures",
    {
      config: { access: "personal_data.erase" },
      schema: {
        operationId: "listErasures",
        tags,
        summary: "Erasures, newest first (ADMIN)",
        querystring: listErasuresQuery,
        response: { 200: listOf(erasureJson) },
      },
    },
    (request) => listErasures(request.requestContext(), request.query),
  );

  app.get(
    "/erasures/:id",
    {
      config: { access: "personal_data.erase" },
      schema: {
        operationId: "showErasure",
        tags,
        summary: "How far an erasure is, and then its certificate (ADMIN)",
        params: idParams,
        response: { 200: dataOf(erasureJson) },
      },
    },
    async (request) => ({ data: await showErasure(request.requestContext(), request.params) }),
  );
};
