import {
  aiSettingsJson,
  changeAiSettings,
  changeAiSettingsInput,
  listModelCalls,
  listModelCallsQuery,
  modelCallJson,
  showAiSettings,
  showSpend,
  spendJson,
} from "@parley/core/language-models";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";

const tags = ["AI"];

/** Settings, and what models cost. */
export const aiSettingsRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ai/settings",
    {
      config: { access: "ai_settings.read" },
      schema: {
        operationId: "showAiSettings",
        tags,
        summary: "How much the company leaves to machines, and which model it uses (MANAGER)",
        response: { 200: dataOf(aiSettingsJson) },
      },
    },
    async (request) => ({ data: await showAiSettings(request.requestContext()) }),
  );

  app.patch(
    "/ai/settings",
    {
      config: { access: "ai_settings.manage" },
      schema: {
        operationId: "changeAiSettings",
        tags,
        summary: "Change what is left to machines (ADMIN)",
        description:
          "What is not named stays. The API key is write-only, and is to be given again with another server. Only public addresses are called.",
        body: changeAiSettingsInput,
        refusals: { conflict: "The settings have changed since; read them again and repeat the change." },
        response: { 200: dataOf(aiSettingsJson) },
      },
    },
    async (request) => ({ data: await changeAiSettings(request.requestContext(), request.body) }),
  );

  app.get(
    "/ai/calls",
    {
      config: { access: "ai_calls.read" },
      schema: {
        operationId: "listModelCalls",
        tags,
        summary: "What models were asked for and what it cost, newest first; never what was said (MANAGER)",
        querystring: listModelCallsQuery,
        response: { 200: listOf(modelCallJson) },
      },
    },
    (request) => listModelCalls(request.requestContext(), request.query),
  );

  app.get(
    "/ai/spend",
    {
      config: { access: "ai_calls.read" },
      schema: {
        operationId: "showAiSpend",
        tags,
        summary: "What is spent on models this month, and was in those before (MANAGER)",
        response: { 200: dataOf(spendJson) },
      },
    },
    async (request) => ({ data: await showSpend(request.requestContext()) }),
  );
};
