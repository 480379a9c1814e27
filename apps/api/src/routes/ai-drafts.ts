import {
  acceptDraft,
  acceptDraftInput,
  aiDraftJson,
  listDrafts,
  listDraftsQuery,
  rejectDraft,
  rejectDraftInput,
  showDraft,
} from "@parley/core/response-drafts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

const tags = ["AI"];
const decided =
  "This suggestion was accepted by now; read the conversation again, and answer yourself if it is needed.";

/** What rules and models propose to agents. */
export const aiDraftRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ai/drafts",
    {
      config: { access: "ai_drafts.read" },
      schema: {
        operationId: "listAiDrafts",
        tags,
        summary: "What is proposed to agents, newest first",
        description: "With state=pending, what waits for somebody's word.",
        querystring: listDraftsQuery,
        response: { 200: listOf(aiDraftJson) },
      },
    },
    (request) => listDrafts(request.requestContext(), request.query),
  );

  app.get(
    "/ai/drafts/:id",
    {
      config: { access: "ai_drafts.read" },
      schema: {
        operationId: "showAiDraft",
        tags,
        summary: "One suggestion",
        params: idParams,
        response: { 200: dataOf(aiDraftJson) },
      },
    },
    async (request) => ({ data: await showDraft(request.requestContext(), request.params) }),
  );

  app.post(
    "/ai/drafts/:id/accept",
    {
      config: { access: "ai_drafts.decide" },
      schema: {
        operationId: "acceptAiDraft",
        tags,
        summary: "Send what is proposed in your name, as it is or changed, and do what else is proposed",
        description:
          "All of it is done, or nothing. A key also needs messages.send for what is written and tickets.change for actions. " +
          "It is refused once the customer has written again: read that first.",
        params: idParams,
        body: acceptDraftInput,
        refusals: {
          conflict: decided,
          forbidden: "This contact is blocked, so nothing is sent to them; unblock the contact first.",
          ...planIsUsedUp,
        },
        response: { 200: dataOf(aiDraftJson) },
      },
    },
    async (request) => ({
      data: await acceptDraft(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.post(
    "/ai/drafts/:id/reject",
    {
      config: { access: "ai_drafts.decide" },
      schema: {
        operationId: "rejectAiDraft",
        tags,
        summary: "Say that what is proposed is of no use",
        params: idParams,
        body: rejectDraftInput,
        refusals: { conflict: decided },
        response: { 200: dataOf(aiDraftJson) },
      },
    },
    async (request) => ({
      data: await rejectDraft(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );
};
