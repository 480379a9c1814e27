import {
  assignmentPolicyJson,
  changeAssignmentPolicy,
  changeAssignmentPolicyInput,
  createAssignmentPolicy,
  createAssignmentPolicyInput,
  deleteAssignmentPolicy,
  listAssignmentPolicies,
  listAssignmentPoliciesQuery,
  showAssignmentPolicy,
} from "@parley/core/assignment";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Assignment"];

const conflict = "The inbox, or the team, has an assignment policy already.";

export const assignmentPolicyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/assignment-policies",
    {
      config: { access: "assignment.read" },
      schema: {
        operationId: "listAssignmentPolicies",
        tags,
        summary: "Who gets the tickets of which inbox or team, the newest policy first",
        querystring: listAssignmentPoliciesQuery,
        response: { 200: listOf(assignmentPolicyJson) },
      },
    },
    (request) => listAssignmentPolicies(request.requestContext(), request.query),
  );

  app.post(
    "/assignment-policies",
    {
      config: { access: "assignment.manage" },
      schema: {
        operationId: "createAssignmentPolicy",
        tags,
        summary: "Say who gets the tickets of an inbox or of a team (MANAGER)",
        description:
          "Tickets are given to people who are online and have room, the most urgent first and then the oldest; what waits already is given out as well. An inbox's policy is for its tickets that no other team has; a policy without an inbox is for the tickets of its team.",
        body: createAssignmentPolicyInput,
        refusals: { conflict },
        response: { 201: dataOf(assignmentPolicyJson) },
      },
    },
    async (request, reply) => {
      const data = await createAssignmentPolicy(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/assignment-policies/:id",
    {
      config: { access: "assignment.read" },
      schema: {
        operationId: "showAssignmentPolicy",
        tags,
        summary: "One policy",
        params: idParams,
        response: { 200: dataOf(assignmentPolicyJson) },
      },
    },
    async (request) => ({ data: await showAssignmentPolicy(request.requestContext(), request.params) }),
  );

  app.patch(
    "/assignment-policies/:id",
    {
      config: { access: "assignment.manage" },
      schema: {
        operationId: "changeAssignmentPolicy",
        tags,
        summary: "Change a policy (MANAGER)",
        description: "Tickets that somebody has stay with them.",
        params: idParams,
        body: changeAssignmentPolicyInput,
        refusals: { conflict },
        response: { 200: dataOf(assignmentPolicyJson) },
      },
    },
    async (request) => ({
      data: await changeAssignmentPolicy(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/assignment-policies/:id",
    {
      config: { access: "assignment.manage" },
      schema: {
        operationId: "deleteAssignmentPolicy",
        tags,
        summary: "Let people take tickets themselves (MANAGER)",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteAssignmentPolicy(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
