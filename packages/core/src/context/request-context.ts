import type { MembershipRole } from "@parley/db";
import type { SystemContext } from "./context.ts";
import type { Action } from "./permissions.ts";

/** Who is asking: a person or a program. Only the former has a `userId`; see `requireUser`. */
export type Actor = UserActor | ApiKeyActor;

/** Somebody who is signed in. */
export interface UserActor {
  type: "user";
  userId: string;
  isSuperAdmin: boolean;
  /** The tenant that the request works in; null only for a SUPER_ADMIN outside any. */
  tenantId: string | null;
  /** Null for a SUPER_ADMIN who is not a member. */
  role: MembershipRole | null;
}

/** A program that presented an API key. */
export interface ApiKeyActor {
  type: "api_key";
  apiKeyId: string;
  isSuperAdmin: false;
  tenantId: string;
  /** That of its maker when it was made; the key never does what this role may not. */
  role: MembershipRole;
  scopes: readonly Action[];
}

/** Where a request came from, as far as the transport knows. */
export interface RequestOrigin {
  address: string | null;
  userAgent: string | null;
}

/** What a verb that somebody asked for is given. */
export interface RequestContext extends SystemContext {
  actor: Actor;
  origin: RequestOrigin;
  requestId: string;
  /** Set when the client sent an Idempotency-Key. */
  idempotency?: IdempotencyClaim;
}

/** One request under a client's key. The verb that takes effect once says whether it was a repetition. */
export interface IdempotencyClaim {
  key: string;
  /** SHA-256 of what was asked: method, path and body. Not to be stored as it is; see `hashRequest`. */
  requestHash: Uint8Array<ArrayBuffer>;
  replayed: boolean;
}
