import {
  changeView,
  changeViewInput,
  countViews,
  createView,
  createViewInput,
  deleteView,
  listViews,
  listViewsQuery,
  showView,
  viewCountJson,
  viewJson,
} from "@parley/core/views";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Views"];

const WHO = "Your own, and with views.share (MANAGER) those that are shared.";

/** A view belongs to a person, so programs read those that are shared, and make none. */
export const viewRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/views",
    {
      config: { access: "views.read" },
      schema: {
        operationId: "listViews",
        tags,
        summary: "Your own saved views and those that are shared, newest first",
        querystring: listViewsQuery,
        response: { 200: listOf(viewJson) },
      },
    },
    (request) => listViews(request.requestContext(), request.query),
  );

  app.post(
    "/views",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "createView",
        tags,
        summary: "Save a filter of tickets under a name",
        description: "In a shared view, me is whoever looks. To share one takes views.share (MANAGER).",
        body: createViewInput,
        refusals: { conflict: "There are 100 such views already; delete one that nobody needs." },
        response: { 201: dataOf(viewJson) },
      },
    },
    async (request, reply) => reply.code(201).send({ data: await createView(request.requestContext(), request.body) }),
  );

  app.get(
    "/views/counts",
    {
      config: { access: "views.read" },
      schema: {
        operationId: "countViews",
        tags,
        summary: "How many tickets each view shows that you see",
        description: "More than 1000 are told as such, and not counted.",
        response: { 200: dataOf(z.array(viewCountJson)) },
      },
    },
    async (request) => ({ data: await countViews(request.requestContext()) }),
  );

  app.get(
    "/views/:id",
    {
      config: { access: "views.read" },
      schema: {
        operationId: "showView",
        tags,
        summary: "One saved view",
        params: idParams,
        response: { 200: dataOf(viewJson) },
      },
    },
    async (request) => ({ data: await showView(request.requestContext(), request.params) }),
  );

  app.patch(
    "/views/:id",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "changeView",
        tags,
        summary: "Rename or change a saved view, or share it",
        description: `${WHO} One that is no longer shared is its owner's alone.`,
        params: idParams,
        body: changeViewInput,
        refusals: { conflict: "There are 100 such views already; delete one that nobody needs." },
        response: { 200: dataOf(viewJson) },
      },
    },
    async (request) => ({
      data: await changeView(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/views/:id",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "deleteView",
        tags,
        summary: "Delete a saved view",
        description: WHO,
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteView(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
