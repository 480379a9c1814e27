export { addTeamMember } from "./add-team-member.ts";
export { changeTeam } from "./change-team.ts";
export { changeTeamMember } from "./change-team-member.ts";
export { createTeam } from "./create-team.ts";
export { deleteTeam } from "./delete-team.ts";
export { listTeamMembers } from "./list-team-members.ts";
export { listTeams } from "./list-teams.ts";
export { removeTeamMember } from "./remove-team-member.ts";
export {
  addTeamMemberInput,
  changeTeamInput,
  changeTeamMemberInput,
  createTeamInput,
  listTeamMembersQuery,
  listTeamsQuery,
  teamJson,
  teamMemberJson,
  type AddTeamMemberInput,
  type ChangeTeamInput,
  type ChangeTeamMemberInput,
  type CreateTeamInput,
  type ListTeamMembersQuery,
  type ListTeamsQuery,
  type TeamJson,
  type TeamMemberJson,
} from "./schemas.ts";
export { showTeam } from "./show-team.ts";
