import { deleteDraft, draftJson, saveDraft, saveDraftInput, showDraft } from "@parley/core/drafts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Messages"];

/** Drafts are a person's own, so these are for whoever is signed in; the verbs ask for the right to send. */
export const draftRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/conversations/:id/draft",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "showDraft",
        tags,
        summary: "What you have begun to write in a conversation",
        params: idParams,
        response: { 200: dataOf(draftJson) },
      },
    },
    async (request) => ({
      data: await showDraft(request.requestContext(), { conversationId: request.params.id }),
    }),
  );

  app.put(
    "/conversations/:id/draft",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "saveDraft",
        tags,
        summary: "Keep what you have begun to write in a conversation",
        description: "One for each member and conversation, which nobody else sees. Sending with fromDraft deletes it.",
        params: idParams,
        body: saveDraftInput,
        refusals: { forbidden: "Only members of the company have drafts; ask to be invited." },
        response: { 200: dataOf(draftJson) },
      },
    },
    async (request) => ({
      data: await saveDraft(request.requestContext(), { ...request.body, conversationId: request.params.id }),
    }),
  );

  app.delete(
    "/conversations/:id/draft",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "deleteDraft",
        tags,
        summary: "Throw away what you have begun to write in a conversation",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteDraft(request.requestContext(), { conversationId: request.params.id });
      return reply.code(204).send(undefined);
    },
  );
};
