import {
  executionJson,
  executionWithReceiptsJson,
  listExecutions,
  listExecutionsQuery,
  showExecution,
} from "@parley/core/rule-executions";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["AI"];

export const aiExecutionRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ai/executions",
    {
      config: { access: "ai_rules.read" },
      schema: {
        operationId: "listExecutions",
        tags,
        summary: "What rules did, and why they did not, newest first",
        description: "They are kept as long as the company's settings say, 30 days unless changed.",
        querystring: listExecutionsQuery,
        response: { 200: listOf(executionJson) },
      },
    },
    (request) => listExecutions(request.requestContext(), request.query),
  );

  app.get(
    "/ai/executions/:id",
    {
      config: { access: "ai_rules.read" },
      schema: {
        operationId: "showExecution",
        tags,
        summary: "One execution, with what each action did",
        params: idParams,
        response: { 200: dataOf(executionWithReceiptsJson) },
      },
    },
    async (request) => ({ data: await showExecution(request.requestContext(), request.params) }),
  );
};
