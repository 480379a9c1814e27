import { followerJson, followTicket, listFollowers, listFollowersQuery, unfollowTicket } from "@parley/core/tickets";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Tickets"];

const followerParams = idParams.extend({ userId: z.uuid() });

export const ticketFollowerRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/tickets/:id/followers",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listFollowers",
        tags,
        summary: "Who follows a ticket",
        params: idParams,
        querystring: listFollowersQuery,
        response: { 200: listOf(followerJson) },
      },
    },
    (request) => listFollowers(request.requestContext(), { ...request.query, ticketId: request.params.id }),
  );

  app.put(
    "/tickets/:id/followers/:userId",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "followTicket",
        tags,
        summary: "Make a member follow a ticket: yourself, or a colleague",
        description: "Whom a note on the ticket mentions follows it as well.",
        params: followerParams,
        refusals: { conflict: "This ticket was merged into another; go on there." },
        response: { 200: dataOf(followerJson) },
      },
    },
    async (request) => {
      const { id: ticketId, userId } = request.params;
      return { data: await followTicket(request.requestContext(), { ticketId, userId }) };
    },
  );

  app.delete(
    "/tickets/:id/followers/:userId",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "unfollowTicket",
        tags,
        summary: "Take a member off the followers of a ticket",
        params: followerParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { id: ticketId, userId } = request.params;
      await unfollowTicket(request.requestContext(), { ticketId, userId });
      return reply.code(204).send(undefined);
    },
  );
};
