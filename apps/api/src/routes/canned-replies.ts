import {
  cannedReplyJson,
  changeCannedReply,
  changeCannedReplyInput,
  createCannedReply,
  createCannedReplyInput,
  deleteCannedReply,
  listCannedReplies,
  listCannedRepliesQuery,
  renderCannedReply,
  renderCannedReplyInput,
  renderedReplyJson,
  showCannedReply,
} from "@parley/core/canned-replies";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Canned replies"];

const taken = { conflict: "Another canned reply has this shortcut; choose another." };

export const cannedReplyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/canned-replies",
    {
      config: { access: "canned_replies.read" },
      schema: {
        operationId: "listCannedReplies",
        tags,
        summary: "Canned replies, newest first",
        querystring: listCannedRepliesQuery,
        response: { 200: listOf(cannedReplyJson) },
      },
    },
    (request) => listCannedReplies(request.requestContext(), request.query),
  );

  app.post(
    "/canned-replies",
    {
      config: { access: "canned_replies.manage" },
      schema: {
        operationId: "createCannedReply",
        tags,
        summary: "Write a reply for everybody's use (MANAGER)",
        body: createCannedReplyInput,
        refusals: taken,
        response: { 201: dataOf(cannedReplyJson) },
      },
    },
    async (request, reply) => {
      const data = await createCannedReply(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/canned-replies/:id",
    {
      config: { access: "canned_replies.read" },
      schema: {
        operationId: "showCannedReply",
        tags,
        summary: "One canned reply",
        params: idParams,
        response: { 200: dataOf(cannedReplyJson) },
      },
    },
    async (request) => ({ data: await showCannedReply(request.requestContext(), request.params) }),
  );

  app.patch(
    "/canned-replies/:id",
    {
      config: { access: "canned_replies.manage" },
      schema: {
        operationId: "changeCannedReply",
        tags,
        summary: "Change a canned reply (MANAGER)",
        params: idParams,
        body: changeCannedReplyInput,
        refusals: taken,
        response: { 200: dataOf(cannedReplyJson) },
      },
    },
    async (request) => ({
      data: await changeCannedReply(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/canned-replies/:id",
    {
      config: { access: "canned_replies.manage" },
      schema: {
        operationId: "deleteCannedReply",
        tags,
        summary: "Delete a canned reply (MANAGER)",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteCannedReply(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.post(
    "/canned-replies/:id/render",
    {
      config: { access: "canned_replies.read" },
      schema: {
        operationId: "renderCannedReply",
        tags,
        summary: "The text that a canned reply is in a conversation or on a ticket",
        description:
          "To be looked over and sent as any other message. A key also needs contacts.read, conversations.read and tickets.read.",
        params: idParams,
        body: renderCannedReplyInput,
        refusals: { conflict: "With its variables this reply has 5000 characters, and a message has 4096 at most." },
        response: { 200: dataOf(renderedReplyJson) },
      },
    },
    async (request) => ({
      data: await renderCannedReply(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );
};
