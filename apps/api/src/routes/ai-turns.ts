import { aiTurnJson, holdConversation, releaseConversation, showTurn } from "@parley/core/turns";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["AI"];

/** Whose turn it is to answer: the rules', or people's. */
export const aiTurnRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ai/conversations/:id/turn",
    {
      config: { access: "conversations.read" },
      schema: {
        operationId: "showAiTurn",
        tags,
        summary: "Whether rules may answer in a conversation, and who or what keeps them from it",
        params: idParams,
        response: { 200: dataOf(aiTurnJson) },
      },
    },
    async (request) => ({ data: await showTurn(request.requestContext(), request.params) }),
  );

  app.post(
    "/ai/conversations/:id/hold",
    {
      config: { access: "ai_turns.change" },
      schema: {
        operationId: "holdConversation",
        tags,
        summary: "Keep rules from answering in a conversation",
        description: "Until it is released, or its next ticket begins. Nothing changes if it is held already.",
        params: idParams,
        response: { 200: dataOf(aiTurnJson) },
      },
    },
    async (request) => ({ data: await holdConversation(request.requestContext(), request.params) }),
  );

  app.post(
    "/ai/conversations/:id/release",
    {
      config: { access: "ai_turns.change" },
      schema: {
        operationId: "releaseConversation",
        tags,
        summary: "Let rules answer in a conversation again",
        description:
          "From the customer's next message on: whoever held it, whatever people wrote, however often rules have answered.",
        params: idParams,
        response: { 200: dataOf(aiTurnJson) },
      },
    },
    async (request) => ({ data: await releaseConversation(request.requestContext(), request.params) }),
  );
};
