import { AssignmentMethod } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const SCOPE = {
  inboxId: "Whose tickets these are; null: its team's.",
  teamId: "Whose members they are given to, and the team that they then belong to; null: every member of the company.",
  isSticky: "Whoever had the contact's last ticket comes first, if they are online and have room.",
  bySkills: "Only to somebody who has every tag of the ticket that is anybody's skill.",
} as const;

export const assignmentPolicyJson = z
  .object({
    id: z.uuid(),
    inboxId: z.uuid().nullable().meta({ description: SCOPE.inboxId }),
    teamId: z.uuid().nullable().meta({ description: SCOPE.teamId }),
    method: jsonEnum(AssignmentMethod).meta({
      description: "manual: people take tickets themselves.",
      example: "round_robin",
    }),
    isSticky: z.boolean().meta({ description: SCOPE.isSticky }),
    bySkills: z.boolean().meta({ description: SCOPE.bySkills }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "AssignmentPolicy" });
export type AssignmentPolicyJson = z.infer<typeof assignmentPolicyJson>;

export const listAssignmentPoliciesQuery = pageQuery.extend({
  inboxId: z.uuid().optional(),
  teamId: z.uuid().optional(),
});
export type ListAssignmentPoliciesQuery = z.output<typeof listAssignmentPoliciesQuery>;

const rules = {
  method: enumInput(AssignmentMethod).meta({ example: "round_robin" }),
  isSticky: z.boolean().meta({ description: SCOPE.isSticky }),
  bySkills: z.boolean().meta({ description: SCOPE.bySkills }),
};

export const createAssignmentPolicyInput = z
  .strictObject({
    inboxId: z
      .uuid()
      .optional()
      .meta({ description: "Whose tickets these are. Without it, the policy is the team's." }),
    teamId: z.uuid().optional().meta({ description: SCOPE.teamId }),
    method: rules.method,
    isSticky: rules.isSticky.optional(),
    bySkills: rules.bySkills.optional(),
  })
  .refine(({ inboxId, teamId }) => inboxId !== undefined || teamId !== undefined, "must name inboxId, teamId or both")
  .meta({
    id: "CreateAssignmentPolicy",
    example: { inboxId: "019c1234-5678-7436-836f-a83bc726e1c1", method: "round_robin", isSticky: true },
  });
export type CreateAssignmentPolicyInput = z.output<typeof createAssignmentPolicyInput>;

export const changeAssignmentPolicyInput = z
  .strictObject({
    teamId: z
      .uuid()
      .nullable()
      .optional()
      .meta({ description: `${SCOPE.teamId} A team's own policy keeps a team.` }),
    method: rules.method.optional(),
    isSticky: rules.isSticky.optional(),
    bySkills: rules.bySkills.optional(),
  })
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .meta({ id: "ChangeAssignmentPolicy" });
export type ChangeAssignmentPolicyInput = z.output<typeof changeAssignmentPolicyInput>;
