import { z } from "zod";
import { anyPassword, emailText, newPassword } from "./schemas.ts";

/** What a link of ours carries; whether it is one of ours is looked up. */
export const mailTokenText = z.string().min(1).max(200).meta({
  description: "From the link in the mail.",
  example: "5f6071829304a5b6c7d8e9f0011223344556677889900",
});

export const changePasswordInput = z
  .strictObject({ currentPassword: anyPassword, newPassword })
  .meta({ id: "ChangePassword" });
export type ChangePasswordInput = z.output<typeof changePasswordInput>;

export const forgotPasswordInput = z.strictObject({ email: emailText }).meta({ id: "ForgotPassword" });
export type ForgotPasswordInput = z.output<typeof forgotPasswordInput>;

export const resetPasswordInput = z.strictObject({ token: mailTokenText, newPassword }).meta({ id: "ResetPassword" });
export type ResetPasswordInput = z.output<typeof resetPasswordInput>;
