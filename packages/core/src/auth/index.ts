export { ACCESS_TOKEN_SECONDS, accessClaims, ADMIN_TOKEN_SECONDS, type AccessClaims } from "./access-claims.ts";
export { answerResetRequest } from "./answer-reset-request.ts";
export type { AuthContext } from "./auth-context.ts";
export { changePassword } from "./change-password.ts";
export { checkPassword } from "./check-password.ts";
export { endOtherSessions } from "./end-other-sessions.ts";
export { endSession } from "./end-session.ts";
export { enterTenant } from "./enter-tenant.ts";
export { findUnmailedResets } from "./find-unmailed-resets.ts";
export { forgetOldResets } from "./forget-old-resets.ts";
export { forgetOldSessions } from "./forget-old-sessions.ts";
export { forgotPassword } from "./forgot-password.ts";
export { createIdentification, type Identification } from "./identify.ts";
export { listSessions } from "./list-sessions.ts";
export { login } from "./login.ts";
export { logout, type LogoutInput } from "./logout.ts";
export { me, readSelf } from "./me.ts";
export {
  changePasswordInput,
  forgotPasswordInput,
  mailTokenText,
  resetPasswordInput,
  type ChangePasswordInput,
  type ForgotPasswordInput,
  type ResetPasswordInput,
} from "./password-schemas.ts";
export { createPasswordHasher, type PasswordHasher, type PasswordHasherOptions } from "./passwords.ts";
export { recheckPassword } from "./recheck-password.ts";
export { refreshSession } from "./refresh-session.ts";
export { register } from "./register.ts";
export { resetPassword } from "./reset-password.ts";
export {
  adminSignInInput,
  anyPassword,
  emailText,
  loginInput,
  meJson,
  nameText,
  newPassword,
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
export { sendPasswordReset } from "./send-password-reset.ts";
export { openSession, type Session } from "./session.ts";
export { listSessionsQuery, openSessionJson, type ListSessionsQuery, type OpenSessionJson } from "./session-schemas.ts";
export { signInAdmin } from "./sign-in-admin.ts";
export { switchTenant } from "./switch-tenant.ts";
