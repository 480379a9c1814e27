import {
  changeContactAttribute,
  changeContactAttributeInput,
  createContactAttribute,
  createContactAttributeInput,
  deleteContactAttribute,
  listContactAttributes,
  listContactAttributesQuery,
  showContactAttribute,
  contactAttributeJson,
} from "@parley/core/contact-attributes";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Contacts"];

export const contactAttributeRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/contact-attributes",
    {
      config: { access: "contact_attributes.read" },
      schema: {
        operationId: "listContactAttributes",
        tags,
        summary: "The company's own attributes of contacts, newest first",
        querystring: listContactAttributesQuery,
        response: { 200: listOf(contactAttributeJson) },
      },
    },
    (request) => listContactAttributes(request.requestContext(), request.query),
  );

  app.post(
    "/contact-attributes",
    {
      config: { access: "contact_attributes.manage" },
      schema: {
        operationId: "createContactAttribute",
        tags,
        summary: "Give contacts an attribute (ADMIN)",
        description: "At most 100. Neither its key nor its type ever changes.",
        body: createContactAttributeInput,
        refusals: { conflict: "A contact attribute with this key exists already; choose another key." },
        response: { 201: dataOf(contactAttributeJson) },
      },
    },
    async (request, reply) => {
      const data = await createContactAttribute(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/contact-attributes/:id",
    {
      config: { access: "contact_attributes.read" },
      schema: {
        operationId: "showContactAttribute",
        tags,
        summary: "One attribute",
        params: idParams,
        response: { 200: dataOf(contactAttributeJson) },
      },
    },
    async (request) => ({ data: await showContactAttribute(request.requestContext(), request.params) }),
  );

  app.patch(
    "/contact-attributes/:id",
    {
      config: { access: "contact_attributes.manage" },
      schema: {
        operationId: "changeContactAttribute",
        tags,
        summary: "Change an attribute's label, or what it chooses from (ADMIN)",
        description: "Contacts keep an option that is taken away until they are given another.",
        params: idParams,
        body: changeContactAttributeInput,
        response: { 200: dataOf(contactAttributeJson) },
      },
    },
    async (request) => ({
      data: await changeContactAttribute(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/contact-attributes/:id",
    {
      config: { access: "contact_attributes.manage" },
      schema: {
        operationId: "deleteContactAttribute",
        tags,
        summary: "Take an attribute away from contacts (ADMIN)",
        description:
          "Its values are shown no longer, nor accepted. An attribute that is made again with the same key and type has them back.",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteContactAttribute(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
