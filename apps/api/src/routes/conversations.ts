import { changeConversation } from "@parley/core/conversation-changes";
import {
  changeConversationInput,
  conversationJson,
  listedConversationJson,
  listConversations,
  listConversationsQuery,
  markConversationRead,
  markConversationUnread,
  openConversation,
  openConversationInput,
  showConversation,
} from "@parley/core/conversations";
import {
  listConversationMessages,
  listedMessageJson,
  listThreadQuery,
  messageJson,
  sendMessage,
  sendMessageInput,
} from "@parley/core/messages";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { expectedVersion, sendVersioned } from "../http/versions.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

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
        response: { 200: listOf(listedConversationJson) },
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
      config: { access: "conversations.read", versioned: true },
      schema: {
        operationId: "showConversation",
        tags,
        summary: "One conversation",
        params: idParams,
        response: { 200: dataOf(conversationJson) },
      },
    },
    async (request, reply) => sendVersioned(reply, await showConversation(request.requestContext(), request.params)),
  );

  app.patch(
    "/conversations/:id",
    {
      config: { access: "conversations.change", versioned: true },
      schema: {
        operationId: "changeConversation",
        tags,
        summary: "Change status, assignee, team or tags, or mute it",
        description:
          "Status, assignee and team are those of the ticket that is being worked on, and changing them changes the ticket. A muted conversation gets messages and tickets as any other, but nothing in it counts as unread.",
        params: idParams,
        body: changeConversationInput,
        refusals: { conflict: "The conversation has changed since; read it again and repeat the change." },
        response: { 200: dataOf(conversationJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await changeConversation(request.requestContext(), input));
    },
  );

  app.post(
    "/conversations/:id/read",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "markConversationRead",
        tags,
        summary: "Mark a conversation as read by you",
        description: "Answering it does the same. It stays unread for others.",
        params: idParams,
        response: { 200: dataOf(conversationJson) },
      },
    },
    async (request) => ({ data: await markConversationRead(request.requestContext(), request.params) }),
  );

  app.post(
    "/conversations/:id/unread",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "markConversationUnread",
        tags,
        summary: "Mark a conversation as not read by you",
        params: idParams,
        response: { 200: dataOf(conversationJson) },
      },
    },
    async (request) => ({ data: await markConversationUnread(request.requestContext(), request.params) }),
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
        response: { 200: listOf(listedMessageJson) },
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
        description:
          "Messages leave in the order in which they were accepted, or in which their time came. One can be cancelled until a worker takes it up.",
        params: idParams,
        body: sendMessageInput,
        refusals: {
          conflict: "A ticket that is closed cannot become pending; a manager can reopen it.",
          ...planIsUsedUp,
        },
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
