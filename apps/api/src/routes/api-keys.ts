import {
  apiKeyJson,
  createApiKey,
  createApiKeyInput,
  createdApiKeyJson,
  listApiKeys,
  listApiKeysQuery,
  revokeApiKey,
} from "@parley/core/api-keys";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["API keys"];

export const apiKeyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/api-keys",
    {
      config: { access: "api_keys.manage" },
      schema: {
        operationId: "listApiKeys",
        tags,
        summary: "The company's API keys, newest first (ADMIN)",
        description: "With those that expired or were revoked.",
        querystring: listApiKeysQuery,
        response: { 200: listOf(apiKeyJson) },
      },
    },
    (request) => listApiKeys(request.requestContext(), request.query),
  );

  app.post(
    "/api-keys",
    {
      config: { access: "api_keys.manage" },
      schema: {
        operationId: "createApiKey",
        tags,
        summary: "A new API key, shown this once (ADMIN)",
        description:
          "It does what its scopes name and its maker's role of now allows, and lives on when its maker leaves the company or changes role: revoke it then if it should not.",
        body: createApiKeyInput,
        refusals: {
          conflict: "The company has 100 API keys that are in force, which is the most; revoke one that is not needed.",
        },
        response: { 201: dataOf(createdApiKeyJson) },
      },
    },
    async (request, reply) => {
      const data = await createApiKey(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.delete(
    "/api-keys/:id",
    {
      config: { access: "api_keys.manage" },
      schema: {
        operationId: "revokeApiKey",
        tags,
        summary: "Revoke an API key at once and for good (ADMIN)",
        description: "It stays in the list. Revoking it again changes nothing.",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await revokeApiKey(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
