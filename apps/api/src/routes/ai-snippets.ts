import {
  changeSnippet,
  changeSnippetInput,
  createSnippet,
  createSnippetInput,
  deleteSnippet,
  foundSnippetJson,
  listSnippets,
  listSnippetsQuery,
  searchSnippets,
  searchSnippetsQuery,
  showSnippet,
  snippetJson,
} from "@parley/core/snippets";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["AI"];

/** What the company knows. */
export const aiSnippetRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/ai/snippets",
    {
      config: { access: "snippets.read" },
      schema: {
        operationId: "listSnippets",
        tags,
        summary: "What the company knows and answers rest on, newest first",
        querystring: listSnippetsQuery,
        response: { 200: listOf(snippetJson) },
      },
    },
    (request) => listSnippets(request.requestContext(), request.query),
  );

  app.post(
    "/ai/snippets",
    {
      config: { access: "snippets.manage" },
      schema: {
        operationId: "createSnippet",
        tags,
        summary: "Write down something that answers may rest on (MANAGER)",
        body: createSnippetInput,
        refusals: {
          conflict: "A company has at most 2000 snippets; delete those that are not needed, or put several together.",
        },
        response: { 201: dataOf(snippetJson) },
      },
    },
    async (request, reply) =>
      reply.code(201).send({ data: await createSnippet(request.requestContext(), request.body) }),
  );

  app.get(
    "/ai/snippets/search",
    {
      config: { access: "snippets.read" },
      schema: {
        operationId: "searchSnippets",
        tags,
        summary: "What an answer to a question would rest on, the best first",
        querystring: searchSnippetsQuery,
        response: { 200: dataOf(z.array(foundSnippetJson)) },
      },
    },
    async (request) => ({ data: await searchSnippets(request.requestContext(), request.query) }),
  );

  app.get(
    "/ai/snippets/:id",
    {
      config: { access: "snippets.read" },
      schema: {
        operationId: "showSnippet",
        tags,
        summary: "One snippet",
        params: idParams,
        response: { 200: dataOf(snippetJson) },
      },
    },
    async (request) => ({ data: await showSnippet(request.requestContext(), request.params) }),
  );

  app.patch(
    "/ai/snippets/:id",
    {
      config: { access: "snippets.manage" },
      schema: {
        operationId: "changeSnippet",
        tags,
        summary: "Change a snippet (MANAGER)",
        params: idParams,
        body: changeSnippetInput,
        response: { 200: dataOf(snippetJson) },
      },
    },
    async (request) => ({
      data: await changeSnippet(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/ai/snippets/:id",
    {
      config: { access: "snippets.manage" },
      schema: {
        operationId: "deleteSnippet",
        tags,
        summary: "Delete a snippet (MANAGER)",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteSnippet(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
