import { changeSettings, changeSettingsInput, settingsJson, showSettings } from "@parley/core/settings";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf } from "../http/envelopes.ts";

const tags = ["Settings"];

export const settingsRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/settings",
    {
      config: { access: "settings.read" },
      schema: {
        operationId: "showSettings",
        tags,
        summary: "When and in which languages the company works, and where conversations begin",
        response: { 200: dataOf(settingsJson) },
      },
    },
    async (request) => ({ data: await showSettings(request.requestContext()) }),
  );

  app.patch(
    "/settings",
    {
      config: { access: "settings.change" },
      schema: {
        operationId: "changeSettings",
        tags,
        summary: "Change settings (ADMIN)",
        description: "Each field that is named is replaced as a whole. What changes anything makes the next version.",
        body: changeSettingsInput,
        refusals: { conflict: "The settings have changed since; read them again and repeat the change." },
        response: { 200: dataOf(settingsJson) },
      },
    },
    async (request) => ({ data: await changeSettings(request.requestContext(), request.body) }),
  );
};
