import {
  blockContact,
  changeContact,
  changeContactInput,
  contactJson,
  contactTagJson,
  createContact,
  createContactInput,
  deleteContact,
  listContacts,
  listContactsQuery,
  listContactTags,
  listedContactJson,
  lookUpContacts,
  lookUpContactsQuery,
  showContact,
  unblockContact,
} from "@parley/core/contacts";
import { searchedJson } from "@parley/core/search";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { expectedVersion, sendVersioned } from "../http/versions.ts";
import { idParams } from "./id-params.ts";

const tags = ["Contacts"];

const TAKEN =
  "Contact 019c1234-5678-7436-836f-a83bc726e1c1 has this identifier of type whatsapp already; use that contact, take the identifier away there, or merge the two.";

export const contactRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/contacts",
    {
      config: { access: "contacts.read" },
      schema: {
        operationId: "listContacts",
        tags,
        summary: "Contacts, newest first",
        description:
          "A search looks through the newest that match; `searched`, which is there with a search, tells whether those were all.",
        querystring: listContactsQuery,
        response: { 200: listOf(listedContactJson).extend({ searched: searchedJson.optional() }) },
      },
    },
    (request) => listContacts(request.requestContext(), request.query),
  );

  app.post(
    "/contacts",
    {
      config: { access: "contacts.change" },
      schema: {
        operationId: "createContact",
        tags,
        summary: "Add a contact",
        description:
          "Identifiers are stored in one form: numbers in E.164, e-mails in lower case. An identifier belongs to one contact of a company.",
        body: createContactInput,
        refusals: { conflict: TAKEN },
        response: {
          200: dataOf(contactJson).meta({ description: "Whoever was known already, with ifKnown: use." }),
          201: dataOf(contactJson),
        },
      },
    },
    async (request, reply) => {
      const { contact: data, isNew } = await createContact(request.requestContext(), request.body);
      return isNew ? reply.code(201).send({ data }) : reply.code(200).send({ data });
    },
  );

  app.get(
    "/contacts/lookup",
    {
      config: { access: "contacts.read" },
      schema: {
        operationId: "lookUpContacts",
        tags,
        summary: "Who is known by a number, an e-mail or another identifier",
        description:
          "Nobody, or one contact; of a number two at most, because it may be one's telephone and another's WhatsApp. Values are compared in the form in which they are stored.",
        querystring: lookUpContactsQuery,
        response: { 200: dataOf(z.array(contactJson)) },
      },
    },
    async (request) => ({ data: await lookUpContacts(request.requestContext(), request.query) }),
  );

  app.get(
    "/contacts/tags",
    {
      config: { access: "contacts.read" },
      schema: {
        operationId: "listContactTags",
        tags,
        summary: "The tags that contacts have, the most used first",
        description: "The first 500.",
        response: { 200: dataOf(z.array(contactTagJson)) },
      },
    },
    async (request) => ({ data: await listContactTags(request.requestContext()) }),
  );

  app.get(
    "/contacts/:id",
    {
      config: { access: "contacts.read", versioned: true },
      schema: {
        operationId: "showContact",
        tags,
        summary: "One contact",
        params: idParams,
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request, reply) => sendVersioned(reply, await showContact(request.requestContext(), request.params)),
  );

  app.patch(
    "/contacts/:id",
    {
      config: { access: "contacts.change", versioned: true },
      schema: {
        operationId: "changeContact",
        tags,
        summary: "Change a contact",
        params: idParams,
        body: changeContactInput,
        refusals: { conflict: TAKEN },
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, id: request.params.id, expectedVersion: expectedVersion(request) };
      return sendVersioned(reply, await changeContact(request.requestContext(), input));
    },
  );

  app.delete(
    "/contacts/:id",
    {
      config: { access: "contacts.delete" },
      schema: {
        operationId: "deleteContact",
        tags,
        summary: "Delete a contact with whom nothing was ever spoken (MANAGER)",
        description: "One with conversations or tickets is a part of the company's records and stays.",
        params: idParams,
        refusals: {
          conflict:
            "This contact has conversations, which are part of the company's records; erase what is personal about the contact instead, merge it into another, or block it.",
        },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteContact(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.put(
    "/contacts/:id/block",
    {
      config: { access: "contacts.block" },
      schema: {
        operationId: "blockContact",
        tags,
        summary: "Block a contact",
        description:
          "What they write is stored in their conversations, but opens, reopens and wakes no ticket and counts as read; nothing is sent to them.",
        params: idParams,
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request) => ({ data: await blockContact(request.requestContext(), request.params) }),
  );

  app.delete(
    "/contacts/:id/block",
    {
      config: { access: "contacts.block" },
      schema: {
        operationId: "unblockContact",
        tags,
        summary: "Take the block of a contact back",
        description: "What they wrote meanwhile has no ticket; their next message does.",
        params: idParams,
        refusals: { conflict: "This contact was erased, so nothing is kept of them any more." },
        response: { 200: dataOf(contactJson) },
      },
    },
    async (request) => ({ data: await unblockContact(request.requestContext(), request.params) }),
  );
};
