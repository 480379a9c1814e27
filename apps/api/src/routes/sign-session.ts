import { ACCESS_TOKEN_SECONDS, type Session, type SessionJson } from "@parley/core/auth";
import type { FastifyInstance } from "fastify";

/** Verbs say what may be claimed, and since when; signing it is the transport's. The same session gives the same token. */
export function signSession(app: Pick<FastifyInstance, "jwt">, session: Session): SessionJson {
  const { user, tenant, claims, issuedAt, refreshToken } = session;
  const accessToken = app.jwt.access.sign({ ...claims, iat: issuedAt });
  return { user, tenant, accessToken, refreshToken, expiresIn: ACCESS_TOKEN_SECONDS };
}
