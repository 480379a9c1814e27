import { eventJson, listEvents, listEventsQuery } from "@parley/core/events";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { listOf } from "../http/envelopes.ts";

const page = listOf(eventJson).shape.page.extend({
  endCursor: z.string().nullable().meta({
    description: "Pass as ?since= later to hear of what has happened since; null while there is nothing.",
  }),
});

export const eventRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/events",
    {
      config: { access: "events.read" },
      schema: {
        operationId: "listEvents",
        tags: ["Events"],
        summary: "What has happened, oldest first",
        description:
          "The company's log. Whoever goes on from endCursor misses nothing: an event appears once every transaction that began before it has ended.",
        querystring: listEventsQuery,
        response: { 200: z.object({ data: z.array(eventJson), page }) },
      },
    },
    (request) => listEvents(request.requestContext(), request.query),
  );
};
