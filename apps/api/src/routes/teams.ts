import {
  addTeamMember,
  addTeamMemberInput,
  changeTeam,
  changeTeamInput,
  changeTeamMember,
  changeTeamMemberInput,
  createTeam,
  createTeamInput,
  deleteTeam,
  listTeamMembers,
  listTeamMembersQuery,
  listTeams,
  listTeamsQuery,
  removeTeamMember,
  showTeam,
  teamJson,
  teamMemberJson,
} from "@parley/core/teams";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Teams"];

const memberParams = idParams.extend({ userId: z.uuid() });

const STAFFING = "For managers and above, and for a lead of the team, who adds and removes members but no leads.";

/** Who is in a team, its leads say as well: those routes name what everybody may, and their verbs ask further. */
export const teamRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/teams",
    {
      config: { access: "teams.read" },
      schema: {
        operationId: "listTeams",
        tags,
        summary: "Teams, newest first",
        querystring: listTeamsQuery,
        response: { 200: listOf(teamJson) },
      },
    },
    (request) => listTeams(request.requestContext(), request.query),
  );

  app.post(
    "/teams",
    {
      config: { access: "teams.manage" },
      schema: {
        operationId: "createTeam",
        tags,
        summary: "Form a team (MANAGER)",
        body: createTeamInput,
        refusals: { conflict: "A team of this name exists already." },
        response: { 201: dataOf(teamJson) },
      },
    },
    async (request, reply) => {
      const data = await createTeam(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.get(
    "/teams/:id",
    {
      config: { access: "teams.read" },
      schema: {
        operationId: "showTeam",
        tags,
        summary: "One team",
        params: idParams,
        response: { 200: dataOf(teamJson) },
      },
    },
    async (request) => ({ data: await showTeam(request.requestContext(), request.params) }),
  );

  app.patch(
    "/teams/:id",
    {
      config: { access: "teams.manage" },
      schema: {
        operationId: "changeTeam",
        tags,
        summary: "Rename or describe a team (MANAGER)",
        params: idParams,
        body: changeTeamInput,
        refusals: { conflict: "A team of this name exists already." },
        response: { 200: dataOf(teamJson) },
      },
    },
    async (request) => ({
      data: await changeTeam(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/teams/:id",
    {
      config: { access: "teams.manage" },
      schema: {
        operationId: "deleteTeam",
        tags,
        summary: "Dissolve a team (MANAGER)",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await deleteTeam(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.get(
    "/teams/:id/members",
    {
      config: { access: "teams.read" },
      schema: {
        operationId: "listTeamMembers",
        tags,
        summary: "Who is in a team, the newest on the platform first",
        params: idParams,
        querystring: listTeamMembersQuery,
        response: { 200: listOf(teamMemberJson) },
      },
    },
    (request) => listTeamMembers(request.requestContext(), { ...request.query, teamId: request.params.id }),
  );

  app.post(
    "/teams/:id/members",
    {
      config: { access: "teams.read" },
      schema: {
        operationId: "addTeamMember",
        tags,
        summary: "Put a member of the company into a team",
        description: STAFFING,
        params: idParams,
        body: addTeamMemberInput,
        refusals: { conflict: "This person is in the team already." },
        response: { 201: dataOf(teamMemberJson) },
      },
    },
    async (request, reply) => {
      const data = await addTeamMember(request.requestContext(), { ...request.body, teamId: request.params.id });
      return reply.code(201).send({ data });
    },
  );

  app.patch(
    "/teams/:id/members/:userId",
    {
      config: { access: "teams.read" },
      schema: {
        operationId: "changeTeamMember",
        tags,
        summary: "Make somebody a lead of the team, or a member",
        description: STAFFING,
        params: memberParams,
        body: changeTeamMemberInput,
        response: { 200: dataOf(teamMemberJson) },
      },
    },
    async (request) => {
      const { id: teamId, userId } = request.params;
      return { data: await changeTeamMember(request.requestContext(), { ...request.body, teamId, userId }) };
    },
  );

  app.delete(
    "/teams/:id/members/:userId",
    {
      config: { access: "teams.read" },
      schema: {
        operationId: "removeTeamMember",
        tags,
        summary: "Take somebody out of a team",
        description: STAFFING,
        params: memberParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { id: teamId, userId } = request.params;
      await removeTeamMember(request.requestContext(), { teamId, userId });
      return reply.code(204).send(undefined);
    },
  );
};
