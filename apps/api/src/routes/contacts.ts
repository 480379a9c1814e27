import {
  blockContact,
  contactJson,
  listContacts,
  listContactsQuery,
  showContact,
  unblockContact,
} from "@parley/core/contacts";
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

  app.put(
    "/contacts/:id/block",
    {
      config: { access: "contacts.block" },
      schema: {
        operationId: "blockContact",
        tags,
        summary: "Block a contact",
        description:
          "What they write is stored in their conversations, but opens, reopens and wakes no ticket and counts as read; nothing is sent to them.",
        params: idParams,
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request) => ({ data: await blockContact(request.requestContext(), request.params) }),
  );

  app.delete(
    "/contacts/:id/block",
    {
      config: { access: "contacts.block" },
      schema: {
        operationId: "unblockContact",
        tags,
        summary: "Take the block of a contact back",
        description: "What they wrote meanwhile has no ticket; their next message does.",
        params: idParams,
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request) => ({ data: await unblockContact(request.requestContext(), request.params) }),
  );
};
