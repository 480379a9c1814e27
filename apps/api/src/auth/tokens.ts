import jwt from "@fastify/jwt";
import { ACCESS_TOKEN_SECONDS, ADMIN_TOKEN_SECONDS } from "@parley/core/auth";
import type { FastifyInstance } from "fastify";

declare module "@fastify/jwt" {
  interface FastifyJWT {
    namespaces: "access" | "admin";
  }
}

/** Who may be given a token, told apart by audience: a token of one is worthless to the other. */
const AUDIENCES = {
  access: { aud: "parley-api", seconds: ACCESS_TOKEN_SECONDS },
  admin: { aud: "parley-admin", seconds: ADMIN_TOKEN_SECONDS },
};

const ISSUER = "parley";
const ALGORITHM = "HS256";

/** `app.jwt.access` and `app.jwt.admin`: algorithm, issuer, audience and an expiry are always demanded. */
export async function registerTokens(app: FastifyInstance, secret: string): Promise<void> {
  for (const [namespace, { aud, seconds }] of Object.entries(AUDIENCES)) {
    await app.register(jwt, {
      namespace,
      secret,
      sign: { algorithm: ALGORITHM, iss: ISSUER, aud, expiresIn: seconds },
      verify: { algorithms: [ALGORITHM], allowedIss: ISSUER, allowedAud: aud, requiredClaims: ["iss", "aud", "exp"] },
    });
  }
}
