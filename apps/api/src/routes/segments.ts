import {
  changeSegment,
  changeSegmentInput,
  countSegment,
  createSegment,
  createSegmentInput,
  deleteSegment,
  listSegments,
  listSegmentsQuery,
  segmentCountJson,
  segmentJson,
  showSegment,
} from "@parley/core/segments";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Contacts"];

const WHOSE = "Your own, and with segments.share (MANAGER) those that are shared.";

/** A segment belongs to a person, so programs read those that are shared, and make none. */
export const segmentRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/segments",
    {
      config: { access: "segments.read" },
      schema: {
        operationId: "listSegments",
        tags,
        summary: "Your own segments and those that are shared, newest first",
        querystring: listSegmentsQuery,
        response: { 200: listOf(segmentJson) },
      },
    },
    (request) => listSegments(request.requestContext(), request.query),
  );

  app.post(
    "/segments",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "createSegment",
        tags,
        summary: "Save a filter of contacts under a name",
        description:
          "Who is in it is found anew each time: GET /contacts?segmentId=. To share one takes segments.share (MANAGER).",
        body: createSegmentInput,
        refusals: { conflict: "There are 100 such segments already; delete one that nobody needs." },
        response: { 201: dataOf(segmentJson) },
      },
    },
    async (request, reply) =>
      reply.code(201).send({ data: await createSegment(request.requestContext(), request.body) }),
  );

  app.get(
    "/segments/:id",
    {
      config: { access: "segments.read" },
      schema: {
        operationId: "showSegment",
        tags,
        summary: "One segment",
        params: idParams,
        response: { 200: dataOf(segmentJson) },
      },
    },
    async (request) => ({ data: await showSegment(request.requestContext(), request.params) }),
  );

  app.get(
    "/segments/:id/count",
    {
      config: { access: "segments.read" },
      schema: {
        operationId: "countSegment",
        tags,
        summary: "How many contacts are in a segment now",
        description: "More than 100,000 are told as such, and not counted.",
        params: idParams,
        response: { 200: dataOf(segmentCountJson) },
      },
    },
    async (request) => ({ data: await countSegment(request.requestContext(), request.params) }),
  );

  app.patch(
    "/segments/:id",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "changeSegment",
        tags,
        summary: "Change a segment",
        description: WHOSE,
        params: idParams,
        body: changeSegmentInput,
        refusals: { conflict: "There are 100 such segments already; delete one that nobody needs." },
        response: { 200: dataOf(segmentJson) },
      },
    },
    async (request) => ({
      data: await changeSegment(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/segments/:id",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "deleteSegment",
        tags,
        summary: "Delete a segment",
        description: WHOSE,
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteSegment(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
