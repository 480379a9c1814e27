import {
  login,
  loginInput,
  logout,
  type LogoutInput,
  me,
  meJson,
  refreshInput,
  refreshSession,
  register,
  registerInput,
  sessionJson,
  switchTenant,
  switchTenantInput,
  type Session,
  type SessionJson,
} from "@parley/core/auth";
import { assertUser } from "@parley/core/context";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf } from "../http/envelopes.ts";
import { signSession } from "./sign-session.ts";

const tags = ["Auth"];
const config = { access: "public" } as const;
/** A secret token is needed, which nobody guesses. */
const withToken = { ...config, rateClass: "session" } as const;

export const authRoutes: FastifyPluginAsyncZod = async (app) => {
  const signed = (session: Session): { data: SessionJson } => ({ data: signSession(app, session) });

  app.post(
    "/auth/register",
    {
      config,
      schema: {
        operationId: "register",
        tags,
        summary: "A new company with its first user, who owns it",
        body: registerInput,
        refusals: {
          conflict: "This e-mail is already in use; sign in instead.",
          invalid_credentials: "This was answered before, and the password was changed since; sign in instead.",
          too_many_attempts: "Too many attempts to sign in have failed; try again in 60 s.",
        },
        response: { 201: dataOf(sessionJson) },
      },
    },
    async (request, reply) => reply.code(201).send(signed(await register(request.authContext(), request.body))),
  );

  app.post(
    "/auth/login",
    {
      config,
      schema: {
        operationId: "login",
        tags,
        summary: "Sign in with e-mail and password",
        body: loginInput,
        refusals: {
          invalid_credentials: "E-mail or password is wrong.",
          forbidden: "You belong to no company any more; ask to be invited again.",
          not_found: "You belong to no company with this id.",
          too_many_attempts: "Too many attempts to sign in have failed; try again in 60 s.",
        },
        response: { 200: dataOf(sessionJson) },
      },
    },
    async (request) => signed(await login(request.authContext(), request.body)),
  );

  app.post(
    "/auth/refresh",
    {
      config: withToken,
      schema: {
        operationId: "refreshSession",
        tags,
        summary: "Exchange a refresh token for the next one",
        description:
          "Each is good for one exchange. One that is presented again is refused and ends its whole session, unless it was asked for while the exchange was under way. Under the Idempotency-Key of its exchange it gets the same answer again, for whoever did not get it.",
        body: refreshInput,
        refusals: { unauthenticated: "The refresh token is used up, expired or revoked; sign in again." },
        response: { 200: dataOf(sessionJson) },
      },
    },
    async (request) => signed(await refreshSession(request.authContext(), request.body)),
  );

  app.post(
    "/auth/logout",
    {
      config: withToken,
      schema: {
        operationId: "logout",
        tags,
        summary: "End the session of the access token, or of the refresh token in the body",
        body: refreshInput.partial().optional(),
        refusals: {
          unauthenticated: "There is neither a refresh token in the body nor a valid access token.",
          forbidden: "This is for people who are signed in; an API key cannot do it.",
        },
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await logout(request.authContext(), await sessionToEnd(request, request.body?.refreshToken));
      return reply.code(204).send(undefined);
    },
  );

  app.get(
    "/auth/me",
    {
      config: { access: "signed_in" },
      schema: { operationId: "me", tags, summary: "Who is asking", response: { 200: dataOf(meJson) } },
    },
    async (request) => ({ data: await me(request.requestContext()) }),
  );

  app.post(
    "/auth/switch",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "switchTenant",
        tags,
        summary: "A session of the same user in another of their companies",
        body: switchTenantInput,
        response: { 200: dataOf(sessionJson) },
      },
    },
    async (request) => {
      const { sessionId } = request;
      return signed(await switchTenant(request.requestContext(), { ...request.body, sessionId }));
    },
  );
};

/** The session of an access token may have ended already: nobody is signed in with it then, which is what is asked for. */
async function sessionToEnd(request: FastifyRequest, refreshToken: string | undefined): Promise<LogoutInput> {
  if (refreshToken !== undefined) return { refreshToken };
  if (request.headers["x-api-key"] !== undefined) assertUser(await request.authenticate());
  return { sessionId: request.accessClaims().sid };
}
