import { contactJson, listContacts, listContactsQuery, showContact } from "@parley/core/contacts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Contacts"];

export const contactRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/contacts",
    {
      config: { access: "contacts.read" },
      schema: {
        operationId: "listContacts",
        tags,
        summary: "Contacts, newest first",
        querystring: listContactsQuery,
        response: { 200: listOf(contactJson) },
      },
    },
    (request) => listContacts(request.requestContext(), request.query),
  );

  app.get(
    "/contacts/:id",
    {
      config: { access: "contacts.read" },
      schema: {
        operationId: "showContact",
        tags,
        summary: "One contact",
        params: idParams,
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request) => ({ data: await showContact(request.requestContext(), request.params) }),
  );
};
