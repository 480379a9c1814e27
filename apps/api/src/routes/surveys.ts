import {
  listSurveys,
  listSurveysQuery,
  summarizeSurveys,
  summarizeSurveysQuery,
  surveyJson,
  surveySummaryJson,
} from "@parley/core/surveys";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";

const tags = ["Surveys"];

export const surveyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/surveys",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listSurveys",
        tags,
        summary: "Who was asked how satisfied they are, and what they answered, newest first",
        querystring: listSurveysQuery,
        response: { 200: listOf(surveyJson) },
      },
    },
    (request) => listSurveys(request.requestContext(), request.query),
  );

  app.get(
    "/surveys/summary",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "summarizeSurveys",
        tags,
        summary: "How many answered who were asked in a period, and how",
        querystring: summarizeSurveysQuery,
        response: { 200: dataOf(surveySummaryJson) },
      },
    },
    async (request) => ({ data: await summarizeSurveys(request.requestContext(), request.query) }),
  );
};
