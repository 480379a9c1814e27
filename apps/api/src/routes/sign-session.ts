import { ACCESS_TOKEN_SECONDS, type Session, type SessionJson } from "@parley/core/auth";
import type { FastifyInstance } from "fastify";

/** Verbs say what may be claimed; signing it is the transport's. */
export function signSession(app: Pick<FastifyInstance, "jwt">, session: Session): SessionJson {
  const { user, tenant, claims, refreshToken } = session;
  return { user, tenant, accessToken: app.jwt.access.sign(claims), refreshToken, expiresIn: ACCESS_TOKEN_SECONDS };
}
