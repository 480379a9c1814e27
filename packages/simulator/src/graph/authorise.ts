import type { FastifyRequest } from "fastify";
import type { Account } from "../accounts.ts";
import type { Refusal } from "./graph-error.ts";

const BEARER = /^Bearer (\S+)$/i;

/** Any bearer token will do, except the word "expired" and, for an account with a token of its own, another one. */
export function tokenRefusal(request: FastifyRequest, account?: Account): Refusal | undefined {
  const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) return { code: 190, details: "An access token is required: Authorization: Bearer <token>." };
  if (token === "expired") return { code: 190, details: "The access token has expired." };
  if (account?.accessToken !== undefined && token !== account.accessToken) {
    return { code: 190, details: "The access token does not belong to this phone number." };
  }
  return undefined;
}
