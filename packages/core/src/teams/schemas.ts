import { Availability, TeamRole } from "@parley/db";
import { z } from "zod";
import { bodyText, enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";

export const teamJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: "Returns" }),
    description: z.string().nullable().meta({ example: "What comes back" }),
    memberCount: z.int(),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Team" });
export type TeamJson = z.infer<typeof teamJson>;

export const teamMemberJson = z
  .object({
    userId: z.uuid(),
    email: z.string().meta({ example: "agent@company.example" }),
    fullName: z.string().meta({ example: "Agent One" }),
    role: jsonEnum(TeamRole).meta({ description: "In the team." }),
    availability: jsonEnum(Availability),
    createdAt: timeJson.meta({ description: "When the person joined the team." }),
  })
  .meta({ id: "TeamMember" });
export type TeamMemberJson = z.infer<typeof teamMemberJson>;

const name = lineText(120).meta({ example: "Returns" });
const description = bodyText(1_000).meta({ example: "What comes back" });

export const listTeamsQuery = pageQuery.extend({
  search: searchText.optional().meta({ description: "Part of the name." }),
});
export type ListTeamsQuery = z.output<typeof listTeamsQuery>;

export const createTeamInput = z.strictObject({ name, description: description.optional() }).meta({ id: "CreateTeam" });
export type CreateTeamInput = z.output<typeof createTeamInput>;

export const changeTeamInput = z
  .strictObject({
    name: name.optional(),
    description: description.nullable().optional().meta({ description: "null removes it." }),
  })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: name or description",
  )
  .meta({ id: "ChangeTeam" });
export type ChangeTeamInput = z.output<typeof changeTeamInput>;

export const listTeamMembersQuery = pageQuery;
export type ListTeamMembersQuery = z.output<typeof listTeamMembersQuery>;

export const addTeamMemberInput = z
  .strictObject({
    userId: z.uuid(),
    role: enumInput(TeamRole).optional().meta({ description: "lead or member; member unless given." }),
  })
  .meta({ id: "AddTeamMember" });
export type AddTeamMemberInput = z.output<typeof addTeamMemberInput>;

export const changeTeamMemberInput = z.strictObject({ role: enumInput(TeamRole) }).meta({ id: "ChangeTeamMember" });
export type ChangeTeamMemberInput = z.output<typeof changeTeamMemberInput>;
