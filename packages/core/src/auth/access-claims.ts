import { z } from "zod";

/** How long an access token lasts. What it may do is looked up all the same; see `createIdentification`. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** How long the dashboard's does, and so its whole session. */
export const ADMIN_TOKEN_SECONDS = 30 * 60;

/** What an access token says of its bearer; whoever serves requests signs and verifies it. */
export type AccessClaims = z.infer<typeof accessClaims>;

export const accessClaims = z.object({
  /** The user. */
  sub: z.uuid(),
  /** The session. */
  sid: z.uuid(),
});
