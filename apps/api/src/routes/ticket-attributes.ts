import {
  changeTicketAttribute,
  changeTicketAttributeInput,
  createTicketAttribute,
  createTicketAttributeInput,
  deleteTicketAttribute,
  listTicketAttributes,
  listTicketAttributesQuery,
  showTicketAttribute,
  ticketAttributeJson,
} from "@parley/core/ticket-attributes";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Tickets"];

export const ticketAttributeRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ticket-attributes",
    {
      config: { access: "ticket_attributes.read" },
      schema: {
        operationId: "listTicketAttributes",
        tags,
        summary: "The company's own attributes of tickets, newest first",
        querystring: listTicketAttributesQuery,
        response: { 200: listOf(ticketAttributeJson) },
      },
    },
    (request) => listTicketAttributes(request.requestContext(), request.query),
  );

  app.post(
    "/ticket-attributes",
    {
      config: { access: "ticket_attributes.manage" },
      schema: {
        operationId: "createTicketAttribute",
        tags,
        summary: "Give tickets an attribute (ADMIN)",
        description: "At most 100. Neither its key nor its type ever changes.",
        body: createTicketAttributeInput,
        refusals: { conflict: "A ticket attribute with this key exists already; choose another key." },
        response: { 201: dataOf(ticketAttributeJson) },
      },
    },
    async (request, reply) => {
      const data = await createTicketAttribute(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/ticket-attributes/:id",
    {
      config: { access: "ticket_attributes.read" },
      schema: {
        operationId: "showTicketAttribute",
        tags,
        summary: "One attribute",
        params: idParams,
        response: { 200: dataOf(ticketAttributeJson) },
      },
    },
    async (request) => ({ data: await showTicketAttribute(request.requestContext(), request.params) }),
  );

  app.patch(
    "/ticket-attributes/:id",
    {
      config: { access: "ticket_attributes.manage" },
      schema: {
        operationId: "changeTicketAttribute",
        tags,
        summary: "Change an attribute's label, or what it chooses from (ADMIN)",
        description: "Tickets keep an option that is taken away until they are given another.",
        params: idParams,
        body: changeTicketAttributeInput,
        response: { 200: dataOf(ticketAttributeJson) },
      },
    },
    async (request) => ({
      data: await changeTicketAttribute(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/ticket-attributes/:id",
    {
      config: { access: "ticket_attributes.manage" },
      schema: {
        operationId: "deleteTicketAttribute",
        tags,
        summary: "Take an attribute away from tickets (ADMIN)",
        description:
          "Its values are shown no longer, nor accepted. An attribute that is made again with the same key and type has them back.",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteTicketAttribute(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
