export { acceptInvitation } from "./accept-invitation.ts";
export { createInvitation } from "./create-invitation.ts";
export { findUnmailedInvitations } from "./find-unmailed-invitations.ts";
export { forgetOldInvitations } from "./forget-old-invitations.ts";
export { listInvitations } from "./list-invitations.ts";
export { revokeInvitation } from "./revoke-invitation.ts";
export {
  acceptInvitationInput,
  createInvitationInput,
  invitationJson,
  listInvitationsQuery,
  type AcceptInvitationInput,
  type CreateInvitationInput,
  type InvitationJson,
  type ListInvitationsQuery,
} from "./schemas.ts";
export { sendInvitation } from "./send-invitation.ts";
