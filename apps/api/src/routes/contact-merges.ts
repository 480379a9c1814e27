import {
  contactMergeJson,
  listContactMerges,
  listContactMergesQuery,
  mergeContactInput,
  mergeContacts,
  mergedContactJson,
  undoContactMerge,
  undoneMergeJson,
} from "@parley/core/contact-merges";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Contacts"];

export const contactMergeRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/contacts/:id/merge",
    {
      config: { access: "contacts.merge" },
      schema: {
        operationId: "mergeContacts",
        tags,
        summary: "Let another contact become a part of this one",
        description:
          "Everything of the other contact goes over, and there is no such contact any more. Where both have a conversation of one inbox, the two become one, with all messages in their order; of two tickets that are being worked on, this contact's stays the one that new messages belong to, and the other one stands beside it. For a day it can be undone.",
        params: idParams,
        body: mergeContactInput,
        response: { 200: dataOf(mergedContactJson) },
      },
    },
    async (request) => ({
      data: await mergeContacts(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.get(
    "/contacts/:id/merges",
    {
      config: { access: "contacts.read" },
      schema: {
        operationId: "listContactMerges",
        tags,
        summary: "What was merged into a contact, newest first",
        params: idParams,
        querystring: listContactMergesQuery,
        response: { 200: listOf(contactMergeJson) },
      },
    },
    (request) => listContactMerges(request.requestContext(), { ...request.query, id: request.params.id }),
  );

  app.post(
    "/contacts/merges/:id/undo",
    {
      config: { access: "contacts.merge" },
      schema: {
        operationId: "undoContactMerge",
        tags,
        summary: "Undo a merge of two contacts, within a day",
        description:
          "What came in since goes with whoever has the identifier by which it came. What was answered or changed since stays with the contact that the other one was merged into.",
        params: idParams,
        refusals: { conflict: "This merge was undone already." },
        response: { 200: dataOf(undoneMergeJson) },
      },
    },
    async (request) => ({ data: await undoContactMerge(request.requestContext(), request.params) }),
  );
};
