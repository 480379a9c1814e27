import {
  changeConversation,
  changeConversationInput,
  conversationJson,
  listConversations,
  listConversationsQuery,
  openConversation,
  openConversationInput,
  showConversation,
} from "@parley/core/conversations";
import {
  listConversationMessages,
  listThreadQuery,
  messageJson,
  sendMessage,
  sendMessageInput,
} from "@parley/core/messages";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Conversations"];

export const conversationRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/conversations",
    {
      config: { access: "conversations.read" },
      schema: {
        operationId: "listConversations",
        tags,
        summary: "Conversations, those with the latest message first",
        querystring: listConversationsQuery,
        response: { 200: listOf(conversationJson) },
      },
    },
    (request) => listConversations(request.requestContext(), request.query),
  );

  app.post(
    "/conversations",
    {
      config: { access: "conversations.change" },
      schema: {
        operationId: "openConversation",
        tags,
        summary: "Open the conversation with a contact or an address, without sending anything",
        description:
          "An inbox has one conversation with a contact. Name either contactId or to. Without inboxId it is the default inbox of the settings.",
        body: openConversationInput,
        response: {
          200: dataOf(conversationJson).meta({ description: "It existed already, and is as it was." }),
          201: dataOf(conversationJson).meta({ description: "It is new." }),
        },
      },
    },
    async (request, reply) => {
      const { conversation, isNew } = await openConversation(request.requestContext(), request.body);
      return reply.code(isNew ? 201 : 200).send({ data: conversation });
    },
  );

  app.get(
    "/conversations/:id",
    {
      config: { access: "conversations.read" },
      schema: {
        operationId: "showConversation",
        tags,
        summary: "One conversation",
        params: idParams,
        response: { 200: dataOf(conversationJson) },
      },
    },
    async (request) => ({ data: await showConversation(request.requestContext(), request.params) }),
  );

  app.patch(
    "/conversations/:id",
    {
      config: { access: "conversations.change" },
      schema: {
        operationId: "changeConversation",
        tags,
        summary: "Change status, assignee or tags",
        params: idParams,
        body: changeConversationInput,
        refusals: { conflict: "The conversation has changed since; read it again and repeat the change." },
        response: { 200: dataOf(conversationJson) },
      },
    },
    async (request) => ({
      data: await changeConversation(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.get(
    "/conversations/:id/messages",
    {
      config: { access: "messages.read" },
      schema: {
        operationId: "listConversationMessages",
        tags,
        summary: "Messages of a conversation, oldest first",
        params: idParams,
        querystring: listThreadQuery,
        response: { 200: listOf(messageJson) },
      },
    },
    (request) =>
      listConversationMessages(request.requestContext(), { ...request.query, conversationId: request.params.id }),
  );

  app.post(
    "/conversations/:id/messages",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "sendMessage",
        tags,
        summary: "Send a message to the contact, or leave a note for colleagues",
        description: "Messages leave in the order in which they were accepted.",
        params: idParams,
        body: sendMessageInput,
        response: { 201: dataOf(messageJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, conversationId: request.params.id };
      const data = await sendMessage(request.requestContext(), input);
      return reply.code(201).send({ data });
    },
  );
};
