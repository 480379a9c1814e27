import {
  changeMember,
  changeMemberInput,
  listMembers,
  listMembersQuery,
  memberJson,
  ownAvailabilityInput,
  removeMember,
  removeMemberQuery,
  setOwnAvailability,
  showMember,
} from "@parley/core/members";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Users"];

export const userRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/users",
    {
      config: { access: "members.read" },
      schema: {
        operationId: "listMembers",
        tags,
        summary: "Members of the company, the newest on the platform first",
        querystring: listMembersQuery,
        response: { 200: listOf(memberJson) },
      },
    },
    (request) => listMembers(request.requestContext(), request.query),
  );

  app.patch(
    "/users/me",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "setOwnAvailability",
        tags,
        summary: "Say whether one is there to work",
        body: ownAvailabilityInput,
        response: { 200: dataOf(memberJson) },
      },
    },
    async (request) => ({ data: await setOwnAvailability(request.requestContext(), request.body) }),
  );

  app.get(
    "/users/:id",
    {
      config: { access: "members.read" },
      schema: {
        operationId: "showMember",
        tags,
        summary: "One member of the company",
        params: idParams,
        response: { 200: dataOf(memberJson) },
      },
    },
    async (request) => ({ data: await showMember(request.requestContext(), request.params) }),
  );

  app.patch(
    "/users/:id",
    {
      config: { access: "members.manage" },
      schema: {
        operationId: "changeMember",
        tags,
        summary: "Change a member's role, capacity, skills or availability (ADMIN)",
        description:
          "Nobody grants a role above their own, changes a member whose role is above it, or changes their own role. The last owner stays one.",
        params: idParams,
        body: changeMemberInput,
        refusals: { conflict: "This is the company's last owner; make somebody else an owner first." },
        response: { 200: dataOf(memberJson) },
      },
    },
    async (request) => ({
      data: await changeMember(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/users/:id",
    {
      config: { access: "members.manage" },
      schema: {
        operationId: "removeMember",
        tags,
        summary: "End a membership; the person's account stays (ADMIN)",
        description:
          "What was assigned to the member is assigned to nobody, and their sessions in the company end. API keys that they have made work on, unless revokeKeys is true. The last owner stays.",
        params: idParams,
        querystring: removeMemberQuery,
        refusals: { conflict: "This is the company's last owner; make somebody else an owner first." },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await removeMember(request.requestContext(), { ...request.params, ...request.query });
      return reply.code(204).send(undefined);
    },
  );
};
