import {
  suggestReply,
  summarizeTicket,
  ticketSummaryJson,
  translateInput,
  translateText,
  translationJson,
} from "@parley/core/assistance";
import { aiDraftJson } from "@parley/core/response-drafts";
import {
  messageUnderstandingJson,
  showUnderstanding,
  understandingJson,
  understandText,
  understandTextInput,
} from "@parley/core/understanding";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

const tags = ["AI"];

const noModel = "There is no language model for this; name one in the AI settings.";
const noAnswer = "The model does not answer at the moment; try again shortly.";

/** What machines do for whoever asks. */
export const aiAssistanceRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/ai/understand",
    {
      config: { access: "ai.use" },
      schema: {
        operationId: "understandText",
        tags,
        summary: "What would be understood if a customer wrote this; nothing is stored of it",
        body: understandTextInput,
        response: { 200: dataOf(understandingJson) },
      },
    },
    async (request) => ({ data: await understandText(request.requestContext(), request.body) }),
  );

  app.get(
    "/ai/messages/:id/understanding",
    {
      config: { access: "messages.read" },
      schema: {
        operationId: "showUnderstanding",
        tags,
        summary: "What was understood of a message",
        params: idParams,
        response: { 200: dataOf(messageUnderstandingJson) },
      },
    },
    async (request) => ({ data: await showUnderstanding(request.requestContext(), request.params) }),
  );

  app.post(
    "/ai/tickets/:id/summary",
    {
      config: { access: "ai.use" },
      schema: {
        operationId: "summarizeTicket",
        tags,
        summary: "What a ticket is about: by the model, else in the words of those who wrote",
        description: "A key also needs tickets.read and messages.read.",
        params: idParams,
        refusals: planIsUsedUp,
        response: { 200: dataOf(ticketSummaryJson) },
      },
    },
    async (request) => ({ data: await summarizeTicket(request.requestContext(), request.params) }),
  );

  app.post(
    "/ai/conversations/:id/suggest",
    {
      config: { access: "ai.use" },
      schema: {
        operationId: "suggestReply",
        tags,
        summary: "Draft a reply to what a contact has written since they were answered",
        description:
          "By the model, from snippets and the conversation, else the snippet that fits best. A key also needs conversations.read and messages.read.",
        params: idParams,
        refusals: {
          conflict: "No snippet fits what the customer has written; write one, or name a language model.",
          ...planIsUsedUp,
        },
        response: { 201: dataOf(aiDraftJson) },
      },
    },
    async (request, reply) =>
      reply.code(201).send({ data: await suggestReply(request.requestContext(), request.params) }),
  );

  app.post(
    "/ai/translate",
    {
      config: { access: "ai.use" },
      schema: {
        operationId: "translateText",
        tags,
        summary: "Translate a text, or what a message says, by the company's model",
        description: "For a message a key also needs messages.read.",
        body: translateInput,
        refusals: { conflict: noModel, unavailable: noAnswer, ...planIsUsedUp },
        response: { 200: dataOf(translationJson) },
      },
    },
    async (request) => ({ data: await translateText(request.requestContext(), request.body) }),
  );
};
