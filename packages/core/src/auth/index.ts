export { ACCESS_TOKEN_SECONDS, accessClaims, type AccessClaims } from "./access-claims.ts";
export type { AuthContext } from "./auth-context.ts";
export { enterTenant } from "./enter-tenant.ts";
export { forgetOldSessions } from "./forget-old-sessions.ts";
export { createIdentification, type Identification } from "./identify.ts";
export { login } from "./login.ts";
export { logout, type LogoutInput } from "./logout.ts";
export { me } from "./me.ts";
export { createPasswordHasher, type PasswordHasher, type PasswordHasherOptions } from "./passwords.ts";
export { refreshSession } from "./refresh-session.ts";
export { register } from "./register.ts";
export {
  adminSignInInput,
  loginInput,
  meJson,
  refreshInput,
  registerInput,
  sessionJson,
  signedInUserJson,
  switchTenantInput,
  type AdminSignInInput,
  type LoginInput,
  type MeJson,
  type RefreshInput,
  type RegisterInput,
  type SessionJson,
  type SignedInUserJson,
  type SwitchTenantInput,
} from "./schemas.ts";
export type { Session } from "./session.ts";
export { signInAdmin } from "./sign-in-admin.ts";
export { switchTenant } from "./switch-tenant.ts";
