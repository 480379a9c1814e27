import { Availability, MembershipRole, TeamRole } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";

const MAX_CAPACITY = 1_000;
const MAX_SKILLS = 50;

const SKILLS = "Tags of tickets that the person is good at; see POST /assignment-policies.";

export const memberJson = z
  .object({
    id: z.uuid().meta({ description: "The user's." }),
    email: z.string().meta({ example: "agent@company.example" }),
    fullName: z.string().meta({ example: "Agent One" }),
    role: jsonEnum(MembershipRole),
    availability: jsonEnum(Availability),
    availabilityChangedAt: timeJson,
    capacity: z.int().meta({ description: "How many unfinished tickets the person is given at most.", example: 20 }),
    skills: z.array(z.string()).meta({ description: SKILLS, example: ["returns"] }),
    openTickets: z.int().meta({ description: "How many unfinished tickets are assigned to the person now." }),
    teams: z
      .array(z.object({ id: z.uuid(), name: z.string().meta({ example: "Returns" }), role: jsonEnum(TeamRole) }))
      .meta({ description: "By name." }),
    createdAt: timeJson.meta({ description: "When the person became a member." }),
  })
  .meta({ id: "Member" });
export type MemberJson = z.infer<typeof memberJson>;

export const listMembersQuery = pageQuery.extend({
  search: searchText.optional().meta({ description: "Part of the name or of the e-mail address." }),
  role: enumInput(MembershipRole).optional(),
  availability: enumInput(Availability).optional(),
  teamId: z.uuid().optional(),
});
export type ListMembersQuery = z.output<typeof listMembersQuery>;

export const changeMemberInput = z
  .strictObject({
    role: enumInput(MembershipRole).optional(),
    capacity: z
      .int()
      .min(0)
      .max(MAX_CAPACITY)
      .optional()
      .meta({ description: "How many unfinished tickets the person is given at most.", example: 20 }),
    skills: z
      .array(lineText(80))
      .max(MAX_SKILLS)
      .transform((skills) => [...new Set(skills)])
      .optional()
      .meta({ description: `${SKILLS} All of them.`, example: ["returns"] }),
    availability: enumInput(Availability).optional(),
  })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: role, capacity, skills or availability",
  )
  .meta({ id: "ChangeMember" });
export type ChangeMemberInput = z.output<typeof changeMemberInput>;

export const removeMemberQuery = z.strictObject({
  revokeKeys: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .optional()
    .meta({
      description: "Whether the API keys that the member has made end as well; they work on unless it is true.",
    }),
});
export type RemoveMemberQuery = z.output<typeof removeMemberQuery>;

export const ownAvailabilityInput = z
  .strictObject({ availability: enumInput(Availability) })
  .meta({ id: "ChangeOwnAvailability" });
export type OwnAvailabilityInput = z.output<typeof ownAvailabilityInput>;
