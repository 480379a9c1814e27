import { sessionJson } from "@parley/core/auth";
import {
  acceptInvitation,
  acceptInvitationInput,
  createInvitation,
  createInvitationInput,
  invitationJson,
  listInvitations,
  listInvitationsQuery,
  revokeInvitation,
} from "@parley/core/invitations";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf, listOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";
import { signSession } from "./sign-session.ts";

const tags = ["Invitations"];
const config = { access: "invitations.manage" } as const;

export const invitationRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/invitations",
    {
      config,
      schema: {
        operationId: "listInvitations",
        tags,
        summary: "Who was invited, newest first (ADMIN)",
        querystring: listInvitationsQuery,
        response: { 200: listOf(invitationJson) },
      },
    },
    (request) => listInvitations(request.requestContext(), request.query),
  );

  app.post(
    "/invitations",
    {
      config,
      schema: {
        operationId: "createInvitation",
        tags,
        summary: "Invite somebody by mail, for a week (ADMIN)",
        description: "Whoever was invited before is invited anew: the older invitation is revoked.",
        body: createInvitationInput,
        refusals: { conflict: "This person is a member already; change their role instead." },
        response: { 201: dataOf(invitationJson) },
      },
    },
    async (request, reply) => {
      const data = await createInvitation(request.requestContext(), request.body);
      return reply.code(201).send({ data });
    },
  );

  app.delete(
    "/invitations/:id",
    {
      config,
      schema: {
        operationId: "revokeInvitation",
        tags,
        summary: "Revoke an invitation (ADMIN)",
        params: idParams,
        refusals: { conflict: "The invitation was accepted; remove the member instead." },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await revokeInvitation(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );

  app.post(
    "/auth/accept-invitation",
    {
      config: { access: "public" },
      schema: {
        operationId: "acceptInvitation",
        tags,
        summary: "Become a member with the link of an invitation",
        description:
          "Whoever has no account yet names fullName and chooses a password; whoever has one gives its password. Sent with the token alone, the errors tell which it is.",
        body: acceptInvitationInput,
        refusals: {
          invalid_credentials: "The password of the account is wrong.",
          conflict: "You are a member of this company already; sign in.",
          too_many_attempts: "Too many attempts to sign in have failed; try again in 60 s.",
        },
        response: { 201: dataOf(sessionJson) },
      },
    },
    async (request, reply) => {
      const session = await acceptInvitation(request.authContext(), request.body);
      return reply.code(201).send({ data: signSession(app, session) });
    },
  );
};
