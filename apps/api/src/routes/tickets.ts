import { eventJson } from "@parley/core/events";
import {
  answerTicket,
  answerTicketInput,
  listedMessageJson,
  listThreadQuery,
  listTicketMessages,
  messageJson,
} from "@parley/core/messages";
import {
  assignTicket,
  assignTicketInput,
  changeTicket,
  changeTicketInput,
  listedTicketJson,
  listTicketEvents,
  listTicketEventsQuery,
  listTickets,
  listTicketsQuery,
  nextTicketInput,
  openTicket,
  openTicketInput,
  shownTicketJson,
  showTicket,
  snoozeTicket,
  snoozeTicketInput,
  takeNextTicket,
  ticketJson,
  wakeTicket,
} from "@parley/core/tickets";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { expectedVersion, sendVersioned } from "../http/versions.ts";
import { idParams } from "./id-params.ts";
import { planIsUsedUp } from "./plan-is-used-up.ts";

const tags = ["Tickets"];

export const ticketRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/tickets",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listTickets",
        tags,
        summary: "Tickets, newest first unless sorted otherwise",
        querystring: listTicketsQuery,
        response: { 200: listOf(listedTicketJson) },
      },
    },
    (request) => listTickets(request.requestContext(), request.query),
  );

  app.post(
    "/tickets",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "openTicket",
        tags,
        summary: "Open a ticket on a conversation",
        description:
          "On a conversation that exists, or on that of an inbox with a contact or an address. A conversation has one ticket at a time that is being worked on.",
        body: openTicketInput,
        refusals: { conflict: "Ticket 4711 of this conversation is being worked on; go on there.", ...planIsUsedUp },
        response: { 201: dataOf(ticketJson) },
      },
    },
    async (request, reply) => reply.code(201).send({ data: await openTicket(request.requestContext(), request.body) }),
  );

  app.post(
    "/tickets/next",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "takeNextTicket",
        tags,
        summary: "The ticket that you are to work on next",
        description:
          "The most urgent of your own that are open or escalated and not put aside, then the oldest; else the same of those that nobody has, which becomes yours. Tickets of a team are for its members. Whoever asks at the same time gets another one.",
        body: nextTicketInput,
        refusals: {
          conflict: "You have 20 unfinished tickets and may have 20; finish one, or ask for a larger capacity.",
        },
        response: { 200: dataOf(ticketJson.nullable()).meta({ description: "Null: there is nothing to do." }) },
      },
    },
    async (request) => ({ data: await takeNextTicket(request.requestContext(), request.body) }),
  );

  app.patch(
    "/tickets/:id",
    {
      config: { access: "tickets.change", versioned: true },
      schema: {
        operationId: "changeTicket",
        tags,
        summary: "Change a ticket",
        params: idParams,
        body: changeTicketInput,
        refusals: {
          conflict: "A ticket that is closed cannot become pending; a manager can reopen it.",
        },
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await changeTicket(request.requestContext(), input));
    },
  );

  app.post(
    "/tickets/:id/assign",
    {
      config: { access: "tickets.change", versioned: true },
      schema: {
        operationId: "assignTicket",
        tags,
        summary: "Give a ticket to a member, a team, or both",
        params: idParams,
        body: assignTicketInput,
        refusals: { conflict: "This ticket was merged into another; go on there." },
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await assignTicket(request.requestContext(), input));
    },
  );

  app.post(
    "/tickets/:id/snooze",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "snoozeTicket",
        tags,
        summary: "Put a ticket aside until a time, or until the customer writes",
        params: idParams,
        body: snoozeTicketInput,
        refusals: { conflict: "Only a ticket that is being worked on can be put aside; reopen it first." },
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request) => ({
      data: await snoozeTicket(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/tickets/:id/snooze",
    {
      config: { access: "tickets.change" },
      schema: {
        operationId: "wakeTicket",
        tags,
        summary: "Take a ticket up again that was put aside",
        params: idParams,
        response: { 200: dataOf(ticketJson) },
      },
    },
    async (request) => ({ data: await wakeTicket(request.requestContext(), request.params) }),
  );

  app.get(
    "/tickets/:id",
    {
      config: { access: "tickets.read", versioned: true },
      schema: {
        operationId: "showTicket",
        tags,
        summary: "One ticket",
        params: idParams,
        response: { 200: dataOf(shownTicketJson) },
      },
    },
    async (request, reply) => sendVersioned(reply, await showTicket(request.requestContext(), request.params)),
  );

  app.get(
    "/tickets/:id/events",
    {
      config: { access: "tickets.read" },
      schema: {
        operationId: "listTicketEvents",
        tags,
        summary: "A ticket's timeline, oldest first",
        description:
          "With those of tickets that were merged into it. What they bring along stands where it happened: whoever follows a timeline by its cursor reads it again when it tells of a merge.",
        params: idParams,
        querystring: listTicketEventsQuery,
        response: { 200: listOf(eventJson) },
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
        summary: "Messages of a ticket and of those merged into it, oldest first",
        params: idParams,
        querystring: listThreadQuery,
        response: { 200: listOf(listedMessageJson) },
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
        refusals: {
          conflict: "A ticket that is closed cannot become pending; a manager can reopen it.",
          ...planIsUsedUp,
        },
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
