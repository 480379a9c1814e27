import { createGoogle } from "@ai-sdk/google";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { Fetch } from "@parley/runtime";
import { wrapLanguageModel, type LanguageModel } from "ai";
import type { ModelSettings } from "../model-settings.ts";
import type { Dialect } from "./dialect.ts";

const OPENAI_URL = "https://api.openai.com/v1";

/** The AI SDK's model for these settings, over `fetch` and in this dialect. */
export function languageModel(settings: ModelSettings, fetch: Fetch, dialect: Dialect): LanguageModel {
  return wrapLanguageModel({
    model: settings.provider === "google" ? googleModel(settings, fetch) : openAiModel(settings, fetch, dialect),
    middleware: {
      specificationVersion: "v4",
      // The SDK would print them on the console.
      wrapGenerate: async ({ doGenerate }) => ({ ...(await doGenerate()), warnings: [] }),
    },
  });
}

function googleModel(settings: ModelSettings, fetch: Fetch) {
  const { apiKey, baseUrl, model } = settings;
  return createGoogle({ apiKey, fetch, ...(baseUrl === null ? {} : { baseURL: baseUrl }) })(model);
}

function openAiModel(settings: ModelSettings, fetch: Fetch, dialect: Dialect) {
  const { apiKey, baseUrl, model } = settings;
  return createOpenAICompatible({
    name: "openai",
    baseURL: baseUrl ?? OPENAI_URL,
    apiKey,
    fetch,
    supportsStructuredOutputs: dialect.format === "json_schema",
    transformRequestBody: ({ max_tokens: limit, ...body }) => ({ ...body, [dialect.limit]: limit as unknown }),
  })(model);
}
