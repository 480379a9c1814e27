import {
  bulkJobJson,
  bulkRowJson,
  cancelBulkJob,
  createBulkJob,
  createBulkJobInput,
  listBulkJobs,
  listBulkJobsQuery,
  listBulkRows,
  listBulkRowsQuery,
  pauseBulkJob,
  resumeBulkJob,
  showBulkJob,
} from "@parley/core/bulk";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Bulk jobs"];

export const bulkJobRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/bulk-jobs",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "listBulkJobs",
        tags,
        summary: "Bulk jobs, newest first (MANAGER)",
        description: "What is over is kept for 30 days.",
        querystring: listBulkJobsQuery,
        response: { 200: listOf(bulkJobJson) },
      },
    },
    (request) => listBulkJobs(request.requestContext(), request.query),
  );

  app.post(
    "/bulk-jobs",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "createBulkJob",
        tags,
        summary: "Change many tickets in the background (MANAGER)",
        description:
          "Tickets by their ids, or at most 100000 by a filter: those that it means now. Each is changed by itself, in the name of whoever starts the job and with what they may do then; those that cannot be changed are named in the job's rows. A company's jobs run one after the other. A key also needs tickets.change.",
        body: createBulkJobInput,
        response: { 201: dataOf(bulkJobJson) },
      },
    },
    async (request, reply) => {
      const data = await createBulkJob(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/bulk-jobs/:id",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "showBulkJob",
        tags,
        summary: "One bulk job, and how far it is (MANAGER)",
        params: idParams,
        response: { 200: dataOf(bulkJobJson) },
      },
    },
    async (request) => ({ data: await showBulkJob(request.requestContext(), request.params) }),
  );

  app.get(
    "/bulk-jobs/:id/rows",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "listBulkRows",
        tags,
        summary: "What became of each ticket of a bulk job, in the order of their turns (MANAGER)",
        params: idParams,
        querystring: listBulkRowsQuery,
        response: { 200: listOf(bulkRowJson) },
      },
    },
    (request) => listBulkRows(request.requestContext(), { ...request.query, jobId: request.params.id }),
  );

  app.post(
    "/bulk-jobs/:id/pause",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "pauseBulkJob",
        tags,
        summary: "Let a bulk job rest (MANAGER)",
        description: "Once this is answered, no further ticket is changed.",
        params: idParams,
        refusals: { conflict: "This job is done, so there is nothing to pause." },
        response: { 200: dataOf(bulkJobJson) },
      },
    },
    async (request) => ({ data: await pauseBulkJob(request.requestContext(), request.params) }),
  );

  app.post(
    "/bulk-jobs/:id/resume",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "resumeBulkJob",
        tags,
        summary: "Let a bulk job go on that was paused (MANAGER)",
        params: idParams,
        refusals: { conflict: "This job is done, so there is nothing to resume." },
        response: { 200: dataOf(bulkJobJson) },
      },
    },
    async (request) => ({ data: await resumeBulkJob(request.requestContext(), request.params) }),
  );

  app.post(
    "/bulk-jobs/:id/cancel",
    {
      config: { access: "bulk.run" },
      schema: {
        operationId: "cancelBulkJob",
        tags,
        summary: "End a bulk job; what it has changed stays (MANAGER)",
        params: idParams,
        refusals: { conflict: "This job is done, so there is nothing to cancel." },
        response: { 200: dataOf(bulkJobJson) },
      },
    },
    async (request) => ({ data: await cancelBulkJob(request.requestContext(), request.params) }),
  );
};
