import {
  attemptJson,
  listAttempts,
  listAttemptsQuery,
  listMessages,
  listMessagesQuery,
  messageJson,
  retryMessage,
  retryMessageInput,
  sendToAddress,
  sendToAddressInput,
  showMessage,
} from "@parley/core/messages";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Messages"];

export const messageRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/messages",
    {
      config: { access: "messages.read" },
      schema: {
        operationId: "listMessages",
        tags,
        summary: "Messages of all conversations, newest first",
        querystring: listMessagesQuery,
        response: { 200: listOf(messageJson) },
      },
    },
    (request) => listMessages(request.requestContext(), request.query),
  );

  app.post(
    "/messages",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "sendToAddress",
        tags,
        summary: "Send a message to an address; finds or creates contact and conversation",
        description: "Without inboxId it goes out of the default inbox of the settings.",
        body: sendToAddressInput,
        response: { 201: dataOf(messageJson) },
      },
    },
    async (request, reply) => {
      const data = await sendToAddress(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/messages/:id",
    {
      config: { access: "messages.read" },
      schema: {
        operationId: "showMessage",
        tags,
        summary: "One message",
        params: idParams,
        response: { 200: dataOf(messageJson) },
      },
    },
    async (request) => ({ data: await showMessage(request.requestContext(), request.params) }),
  );

  app.get(
    "/messages/:id/attempts",
    {
      config: { access: "messages.read" },
      schema: {
        operationId: "listAttempts",
        tags,
        summary: "Every try at sending a message, the first one first",
        params: idParams,
        querystring: listAttemptsQuery,
        response: { 200: listOf(attemptJson) },
      },
    },
    (request) => listAttempts(request.requestContext(), { ...request.query, messageId: request.params.id }),
  );

  app.post(
    "/messages/:id/retry",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "retryMessage",
        tags,
        summary: "Send a failed message again",
        params: idParams,
        body: retryMessageInput.nullish(),
        refusals: { conflict: "The message is not one that can be sent again." },
        response: { 200: dataOf(messageJson) },
      },
    },
    async (request) => ({
      data: await retryMessage(request.requestContext(), {
        acceptDuplicate: false,
        ...request.body,
        id: request.params.id,
      }),
    }),
  );
};
