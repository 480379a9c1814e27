import {
  linkedTicketJson,
  linkTickets,
  listTicketLinks,
  listTicketLinksQuery,
  mergeTicketInput,
  mergeTickets,
  splitTicket,
  splitTicketInput,
  ticketJson,
  unlinkTickets,
} from "@parley/core/tickets";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

const tags = ["Tickets"];

const linkParams = idParams.extend({ linkedId: z.uuid() });

/** What tickets have to do with one another. */
export const ticketRelationRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/tickets/:id/merge",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "mergeTickets",
        tags,
        summary: "Let the work on a ticket go on in another",
        description:
          "The ticket is closed for good. Its messages, tags, links and followers go over to the other, which is answered; timelines interleave. Nothing is sent to the contact.",
        params: idParams,
        body: mergeTicketInput,
        refusals: { conflict: "Ticket 4711 is resolved; reopen it first." },
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request) => ({
      data: await mergeTickets(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.post(
    "/tickets/:id/split",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "splitTicket",
        tags,
        summary: "Open a ticket of its own for some of a ticket's messages",
        description:
          "It stands beside the conversation's ticket: what the customer writes goes on belonging to that one, unless it quotes a message of the new one.",
        params: idParams,
        body: splitTicketInput,
        refusals: { conflict: "This ticket was merged into another; go on there.", ...planIsUsedUp },
        response: { 201: dataOf(ticketJson) },
      },
    },
    async (request, reply) => {
      const data = await splitTicket(request.requestContext(), { ...request.body, id: request.params.id });
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/tickets/:id/links",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listTicketLinks",
        tags,
        summary: "Tickets that are linked with a ticket, newest first",
        params: idParams,
        querystring: listTicketLinksQuery,
        response: { 200: listOf(linkedTicketJson) },
      },
    },
    (request) => listTicketLinks(request.requestContext(), { ...request.query, ticketId: request.params.id }),
  );

  app.put(
    "/tickets/:id/links/:linkedId",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "linkTickets",
        tags,
        summary: "Link two tickets that belong together, each with the other",
        params: linkParams,
        refusals: { conflict: "A ticket is not linked to itself." },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await linkTickets(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.delete(
    "/tickets/:id/links/:linkedId",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "unlinkTickets",
        tags,
        summary: "Take away the link of two tickets",
        params: linkParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await unlinkTickets(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
