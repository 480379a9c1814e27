import {
  answerTicket,
  answerTicketInput,
  listThreadQuery,
  listTicketMessages,
  messageJson,
} from "@parley/core/messages";
import {
  listTicketEvents,
  listTicketEventsQuery,
  listTickets,
  listTicketsQuery,
  showTicket,
  ticketEventJson,
  ticketJson,
} from "@parley/core/tickets";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Tickets"];

export const ticketRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/tickets",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listTickets",
        tags,
        summary: "Tickets, newest first",
        querystring: listTicketsQuery,
        response: { 200: listOf(ticketJson) },
      },
    },
    (request) => listTickets(request.requestContext(), request.query),
  );

  app.get(
    "/tickets/:id",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "showTicket",
        tags,
        summary: "One ticket",
        params: idParams,
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request) => ({ data: await showTicket(request.requestContext(), request.params) }),
  );

  app.get(
    "/tickets/:id/events",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listTicketEvents",
        tags,
        summary: "A ticket's timeline, oldest first",
        params: idParams,
        querystring: listTicketEventsQuery,
        response: { 200: listOf(ticketEventJson) },
      },
    },
    (request) => listTicketEvents(request.requestContext(), { ...request.query, ticketId: request.params.id }),
  );

  app.get(
    "/tickets/:id/messages",
    {
      config: { access: "messages.read" },
      schema: {
        operationId: "listTicketMessages",
        tags,
        summary: "Messages of a ticket, oldest first",
        params: idParams,
        querystring: listThreadQuery,
        response: { 200: listOf(messageJson) },
      },
    },
    (request) => listTicketMessages(request.requestContext(), { ...request.query, ticketId: request.params.id }),
  );

  app.post(
    "/tickets/:id/messages",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "answerTicket",
        tags,
        summary: "Send a message to the ticket's contact, or leave a note for colleagues",
        params: idParams,
        body: answerTicketInput,
        response: { 201: dataOf(messageJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, ticketId: request.params.id };
      const data = await answerTicket(request.requestContext(), input);
      return reply.code(201).send({ data });
    },
  );
};
