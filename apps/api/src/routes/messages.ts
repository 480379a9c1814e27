import {
  attemptJson,
  cancelMessage,
  listAttempts,
  listAttemptsQuery,
  listedMessageJson,
  listMentions,
  listMentionsQuery,
  listMessages,
  listMessagesQuery,
  mentionJson,
  messageJson,
  rescheduleMessage,
  rescheduleMessageInput,
  retryMessage,
  retryMessageInput,
  sendToAddress,
  sendToAddressInput,
  showMessage,
} from "@parley/core/messages";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

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
        response: { 200: listOf(listedMessageJson) },
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
        refusals: planIsUsedUp,
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

  app.patch(
    "/messages/:id",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "rescheduleMessage",
        tags,
        summary: "Give a scheduled message another time",
        params: idParams,
        body: rescheduleMessageInput,
        refusals: { conflict: "Only a scheduled message can be given another time; this one is sent." },
        response: { 200: dataOf(messageJson) },
      },
    },
    async (request) => ({
      data: await rescheduleMessage(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
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
    "/messages/:id/cancel",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "cancelMessage",
        tags,
        summary: "Take back a message that has not begun to be sent",
        description:
          "One that is scheduled, or queued and not under way yet; until its undoSeconds are over it certainly is not. " +
          "What it answered is unread again, and a draft that it came from is there again.",
        params: idParams,
        refusals: { conflict: "It is too late: the message is already being sent." },
        response: { 200: dataOf(messageJson) },
      },
    },
    async (request) => ({ data: await cancelMessage(request.requestContext(), request.params) }),
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
        refusals: { conflict: "The message is not one that can be sent again.", ...planIsUsedUp },
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

  app.get(
    "/mentions",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "listMentions",
        tags,
        summary: "Notes that mention you, newest first",
        querystring: listMentionsQuery,
        response: { 200: listOf(mentionJson) },
      },
    },
    (request) => listMentions(request.requestContext(), request.query),
  );
};
