import {
  changeInbox,
  changeInboxInput,
  createInbox,
  createInboxInput,
  deleteInbox,
  inboxJson,
  listInboxes,
  listInboxesQuery,
  showInbox,
} from "@parley/core/inboxes";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Inboxes"];

export const inboxRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/inboxes",
    {
      config: { access: "inboxes.read" },
      schema: {
        operationId: "listInboxes",
        tags,
        summary: "Connected channel accounts, newest first",
        querystring: listInboxesQuery,
        response: { 200: listOf(inboxJson) },
      },
    },
    (request) => listInboxes(request.requestContext(), request.query),
  );

  app.post(
    "/inboxes",
    {
      config: { access: "inboxes.manage" },
      schema: {
        operationId: "createInbox",
        tags,
        summary: "Connect a channel account (ADMIN)",
        body: createInboxInput,
        refusals: { conflict: "An inbox for this account exists already." },
        response: { 201: dataOf(inboxJson) },
      },
    },
    async (request, reply) => {
      const data = await createInbox(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/inboxes/:id",
    {
      config: { access: "inboxes.read" },
      schema: {
        operationId: "showInbox",
        tags,
        summary: "One inbox",
        params: idParams,
        response: { 200: dataOf(inboxJson) },
      },
    },
    async (request) => ({ data: await showInbox(request.requestContext(), request.params) }),
  );

  app.patch(
    "/inboxes/:id",
    {
      config: { access: "inboxes.manage" },
      schema: {
        operationId: "changeInbox",
        tags,
        summary: "Change an inbox, pause it or resume it (ADMIN)",
        description: "In config and credentials, what is not named stays as it is, and null removes.",
        params: idParams,
        body: changeInboxInput,
        refusals: { conflict: "An inbox for this account exists already." },
        response: { 200: dataOf(inboxJson) },
      },
    },
    async (request) => ({
      data: await changeInbox(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/inboxes/:id",
    {
      config: { access: "inboxes.manage" },
      schema: {
        operationId: "deleteInbox",
        tags,
        summary: "Delete an inbox that has no conversations (ADMIN)",
        params: idParams,
        refusals: { conflict: "The inbox has conversations, or is the default one of the settings." },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteInbox(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
