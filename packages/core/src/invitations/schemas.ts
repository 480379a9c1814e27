import { MembershipRole } from "@parley/db";
import { z } from "zod";
import { anyPassword, emailText, mailTokenText, nameText } from "../auth/index.ts";
import { enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const invitationStatus = z.enum(["open", "accepted", "revoked", "expired"]);
export type InvitationStatus = z.infer<typeof invitationStatus>;

export const invitationJson = z
  .object({
    id: z.uuid(),
    email: z.string().meta({ example: "agent@company.example" }),
    role: jsonEnum(MembershipRole),
    status: invitationStatus,
    invitedBy: z.uuid().nullable().meta({ description: "The user who invited." }),
    expiresAt: timeJson,
    createdAt: timeJson,
    acceptedAt: timeJson.nullable().meta({ example: null }),
  })
  .meta({ id: "Invitation" });
export type InvitationJson = z.infer<typeof invitationJson>;

export const createInvitationInput = z
  .strictObject({ email: emailText, role: enumInput(MembershipRole).meta({ example: "agent" }) })
  .meta({ id: "CreateInvitation" });
export type CreateInvitationInput = z.output<typeof createInvitationInput>;

export const listInvitationsQuery = pageQuery.extend({ status: invitationStatus.optional() });
export type ListInvitationsQuery = z.output<typeof listInvitationsQuery>;

export const acceptInvitationInput = z
  .strictObject({
    token: mailTokenText,
    fullName: nameText.optional().meta({ description: "Needed by whoever has no account yet.", example: "Agent One" }),
    password: anyPassword.optional().meta({
      description: "Of the account with this e-mail; if there is none, the new one's.",
      example: "correct horse battery",
    }),
  })
  .meta({ id: "AcceptInvitation" });
export type AcceptInvitationInput = z.output<typeof acceptInvitationInput>;
