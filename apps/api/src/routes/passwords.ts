import {
  changePassword,
  changePasswordInput,
  forgotPassword,
  forgotPasswordInput,
  resetPassword,
  resetPasswordInput,
} from "@parley/core/auth";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";

const tags = ["Auth"];

export const passwordRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/auth/change-password",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "changePassword",
        tags,
        summary: "Change one's own password",
        description: "All other sessions end; the one that asks goes on.",
        body: changePasswordInput,
        refusals: {
          invalid_credentials: "The current password is wrong; try again.",
          conflict: "The password was changed in this moment; try again with the new one.",
          too_many_attempts: "Too many attempts to sign in have failed; try again in 60 s.",
        },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { sessionId } = request;
      await changePassword(request.requestContext(), { ...request.body, sessionId });
      return reply.code(204).send(undefined);
    },
  );

  app.post(
    "/auth/forgot-password",
    {
      config: { access: "public" },
      schema: {
        operationId: "forgotPassword",
        tags,
        summary: "Have a link to a new password mailed",
        description:
          "The answer, and the time that it takes, are the same whether there is an account with this e-mail or not. Whoever was sent one a short while ago is sent no other: after a minute at first, and the later the more they were sent in a day. Each link is good for an hour, until one of them is used or the password is changed.",
        body: forgotPasswordInput,
        response: { 202: z.undefined() },
      },
    },
    async (request, reply) => {
      await forgotPassword(request.authContext(), request.body);
      return reply.code(202).send(undefined);
    },
  );

  app.post(
    "/auth/reset-password",
    {
      config: { access: "public" },
      schema: {
        operationId: "resetPassword",
        tags,
        summary: "Choose a new password with the link that was mailed",
        description: "The link works once, within an hour, and the others that were mailed no more. All sessions end.",
        body: resetPasswordInput,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await resetPassword(request.authContext(), request.body);
      return reply.code(204).send(undefined);
    },
  );
};
