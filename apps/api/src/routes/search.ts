import { foundJson, search, searchedJson, searchQuery } from "@parley/core/search";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { listOf } from "../http/envelopes.ts";

export const searchRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/search",
    {
      config: { access: "search.use" },
      schema: {
        operationId: "search",
        tags: ["Search"],
        summary: "Contacts, conversations, messages and tickets by what is in them, the best first",
        description:
          "Names and identifiers are found by their parts, and with a letter wrong where nothing else is there; texts by their words, in " +
          "any of their forms and without regard to accents. Of each type the newest that match are ranked. Where one type of texts is " +
          "asked for, pages go on to what is older, and one may be short, or empty, while there is a nextCursor.",
        querystring: searchQuery,
        response: { 200: listOf(foundJson).extend({ searched: searchedJson }) },
      },
    },
    (request) => search(request.requestContext(), request.query),
  );
};
