import type { IdempotencyClaim, RequestOrigin, SystemContext } from "../context/index.ts";
import type { LoginThrottle, RegistrationLimit } from "../throttle/index.ts";
import type { PasswordHasher } from "./passwords.ts";

/** What a verb is given that somebody calls who is not signed in yet. */
export interface AuthContext extends SystemContext {
  passwords: PasswordHasher;
  throttle: LoginThrottle;
  registrations: RegistrationLimit;
  origin: RequestOrigin;
  /** For the audit log, where there is a request. */
  requestId?: string;
  /** Set when the client sent an Idempotency-Key. */
  idempotency?: IdempotencyClaim;
}
