import {
  countRawEvents,
  listRawEvents,
  listRawEventsQuery,
  rawEventJson,
  rawEventStatsJson,
  rawEventWithBodyJson,
  replayRawEvent,
  showRawEvent,
} from "@parley/core/raw-events";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Raw events"];

export const rawEventRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/raw-events",
    {
      config: { access: "raw_events.read" },
      schema: {
        operationId: "listRawEvents",
        tags,
        summary: "Webhook events as they arrived, newest first",
        querystring: listRawEventsQuery,
        response: { 200: listOf(rawEventJson) },
      },
    },
    (request) => listRawEvents(request.requestContext(), request.query),
  );

  app.get(
    "/raw-events/stats",
    {
      config: { access: "raw_events.read" },
      schema: {
        operationId: "countRawEvents",
        tags,
        summary: "How many webhook events there are, by what became of them",
        response: { 200: dataOf(rawEventStatsJson) },
      },
    },
    async (request) => ({ data: await countRawEvents(request.requestContext()) }),
  );

  app.get(
    "/raw-events/:id",
    {
      config: { access: "raw_events.read" },
      schema: {
        operationId: "showRawEvent",
        tags,
        summary: "One webhook event, with its body",
        params: idParams,
        response: { 200: dataOf(rawEventWithBodyJson) },
      },
    },
    async (request) => ({ data: await showRawEvent(request.requestContext(), request.params) }),
  );

  app.post(
    "/raw-events/:id/replay",
    {
      config: { access: "raw_events.replay" },
      schema: {
        operationId: "replayRawEvent",
        tags,
        summary: "Have a webhook event applied again (ADMIN)",
        description: "What was already applied of it is not doubled.",
        params: idParams,
        response: { 200: dataOf(rawEventJson) },
      },
    },
    async (request) => ({ data: await replayRawEvent(request.requestContext(), request.params) }),
  );
};
