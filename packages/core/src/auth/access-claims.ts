import { MembershipRole } from "@parley/db";
import { z } from "zod";
import type { Actor } from "../context/index.ts";

/** For how long an access token is believed. A changed role or a removed member is noticed after at most this. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** What an access token says of its bearer; whoever serves requests signs and verifies it. */
export type AccessClaims = z.infer<typeof accessClaims>;

export const accessClaims = z.object({
  /** The user. */
  sub: z.uuid(),
  /** The tenant that the session works in. */
  tid: z.uuid().nullable(),
  role: z.enum(MembershipRole).nullable(),
  /** Whether the user is a SUPER_ADMIN. */
  adm: z.boolean(),
  /** The session: the family of its refresh tokens. */
  sid: z.uuid(),
});

export function actorOf(claims: AccessClaims): Actor {
  return { userId: claims.sub, isSuperAdmin: claims.adm, tenantId: claims.tid, role: claims.role };
}
