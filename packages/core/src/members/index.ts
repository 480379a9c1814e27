export { changeMember } from "./change-member.ts";
export { listMembers } from "./list-members.ts";
export { removeMember } from "./remove-member.ts";
export {
  changeMemberInput,
  listMembersQuery,
  memberJson,
  ownAvailabilityInput,
  removeMemberQuery,
  type ChangeMemberInput,
  type ListMembersQuery,
  type MemberJson,
  type OwnAvailabilityInput,
  type RemoveMemberQuery,
} from "./schemas.ts";
export { setOwnAvailability } from "./set-own-availability.ts";
export { showMember } from "./show-member.ts";
