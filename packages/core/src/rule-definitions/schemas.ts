import { AiExecutionMode, AiTrigger } from "@parley/db";
import { z } from "zod";
import { bodyText, enumInput, jsonEnum, lineText, queryBoolean, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { ruleAction, ruleActionJson, whatRuleActionSets, type RuleAction } from "../rule-actions/index.ts";
import { conditionInput, conditionJson } from "../rule-conditions/index.ts";
import { searchText } from "../search/index.ts";
import { ruleSchedule, ruleScheduleJson } from "./rule-schedule.ts";

const MAX_ACTIONS = 10;
const DAY_MINUTES = 24 * 60;
/** For how long a rule with a schedule leaves a customer alone to whom it has written. */
const REST_SECONDS = 3_600;
const WEEK_SECONDS = 7 * 24 * 3_600;

const described = {
  trigger: "What has to happen.",
  executionMode: "auto_execute: it acts. suggest_only: it makes a draft for agents. disabled: it is not asked.",
  priority: "The smaller goes first.",
  stopOnMatch: "Rules behind it are not asked when it applies.",
  coolDownSeconds: "For how long it leaves a conversation alone after it has acted in it.",
  waitMinutes: "Of no_answer_timeout: how long the customer has waited for an answer.",
  schedule: "Of schedule: when, and for which tickets.",
  actions: "Done in one transaction, or not at all. Messages come first, with the ticket's values as they were.",
};

/** What a rule says: every change of it is a new version. */
const definitionJson = {
  name: z.string().meta({ example: "Late parcels" }),
  description: z.string().nullable().meta({ example: "Tells the customer where to look" }),
  trigger: jsonEnum(AiTrigger).meta({ description: described.trigger, example: "incoming_message" }),
  executionMode: jsonEnum(AiExecutionMode).meta({ description: described.executionMode, example: "suggest_only" }),
  priority: z.int().meta({ description: described.priority, example: 100 }),
  stopOnMatch: z.boolean().meta({ description: described.stopOnMatch }),
  coolDownSeconds: z.int().meta({ description: described.coolDownSeconds, example: 3_600 }),
  waitMinutes: z.int().nullable().meta({ description: described.waitMinutes, example: null }),
  schedule: ruleScheduleJson.nullable().meta({ description: described.schedule }),
  conditions: conditionJson,
  actions: z.array(ruleActionJson).meta({ example: [{ type: "add_tags", tags: ["late"] }] }),
};
export const ruleDefinitionJson = z.object(definitionJson).meta({ id: "RuleDefinition" });
export type RuleDefinitionJson = z.infer<typeof ruleDefinitionJson>;

export const ruleJson = z
  .object({
    id: z.uuid(),
    version: z.int().meta({ description: "Counts up with every change of what it says." }),
    isActive: z.boolean(),
    ...definitionJson,
    failuresInARow: z.int().meta({
      description: "Since it last acted, or was changed. When they are in five conversations, it is suspended.",
    }),
    suspendedAt: timeJson
      .nullable()
      .meta({ description: "It kept failing, or acting on one ticket without end; resume it when that is mended." }),
    suspendedReason: z.string().nullable().meta({ example: "Action 1, assign_team: There is no team with this id." }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Rule" });
export type RuleJson = z.infer<typeof ruleJson>;

const fields = {
  name: lineText(120).meta({ example: "Late parcels" }),
  description: bodyText(1_000).nullable().meta({ example: "Tells the customer where to look" }),
  isActive: z.boolean(),
  trigger: enumInput(AiTrigger).meta({ description: described.trigger, example: "incoming_message" }),
  executionMode: enumInput(AiExecutionMode).meta({ description: described.executionMode, example: "suggest_only" }),
  priority: z.int().min(0).max(10_000).meta({ description: described.priority, example: 100 }),
  stopOnMatch: z.boolean().meta({ description: described.stopOnMatch }),
  coolDownSeconds: z.int().min(0).max(WEEK_SECONDS).meta({ description: described.coolDownSeconds, example: 3_600 }),
  waitMinutes: z
    .int()
    .min(1)
    .max(30 * DAY_MINUTES)
    .nullable()
    .meta({ description: described.waitMinutes, example: null }),
  schedule: ruleSchedule.nullable().meta({ description: described.schedule }),
  conditions: conditionInput.meta({
    example: { all: [{ field: "message.text", operator: "contains", value: "parcel" }] },
  }),
  actions: z
    .array(ruleAction)
    .min(1)
    .max(MAX_ACTIONS)
    .superRefine(refuseContradictions)
    .meta({ description: described.actions, example: [{ type: "add_tags", tags: ["late"] }] }),
};

export const createRuleInput = z
  .strictObject({
    ...fields,
    description: fields.description.default(null),
    isActive: fields.isActive.default(true),
    executionMode: fields.executionMode.default("SUGGEST_ONLY"),
    priority: fields.priority.default(100),
    stopOnMatch: fields.stopOnMatch.default(false),
    coolDownSeconds: fields.coolDownSeconds.default(0),
    waitMinutes: fields.waitMinutes.default(null),
    schedule: fields.schedule.default(null),
    conditions: fields.conditions.default({ all: [] }),
  })
  .superRefine(refuseMismatch)
  .meta({ id: "CreateRule" });
export type CreateRuleInput = z.output<typeof createRuleInput>;

export const changeRuleInput = z
  .strictObject(fields)
  .partial()
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .meta({ id: "ChangeRule" });
export type ChangeRuleInput = z.output<typeof changeRuleInput>;

const { isActive: _steering, ...defining } = fields;
/** What a rule says, as it is stored, checked and compiled. */
export const ruleDefinition = z.strictObject(defining).superRefine(refuseMismatch);
export type RuleDefinition = z.output<typeof ruleDefinition>;

/** What it might say instead, for a trial. */
export const triedDefinition = z.strictObject(defining).partial().meta({
  id: "TriedRule",
  description: "What the rule might say instead; what is not named is as it is.",
});

export const listRulesQuery = pageQuery.extend({
  trigger: enumInput(AiTrigger).optional().meta({ example: "incoming_message" }),
  isActive: queryBoolean(),
  search: searchText.optional().meta({ description: "Part of the name.", example: "parcel" }),
});
export type ListRulesQuery = z.output<typeof listRulesQuery>;

/** Two actions of which one undoes the other. */
function refuseContradictions(actions: readonly RuleAction[], issues: z.RefinementCtx): void {
  const set = new Set<string>();
  for (const [index, action] of actions.entries()) {
    for (const what of whatRuleActionSets(action)) {
      const message = what === "reply" ? "answers twice" : `sets again what is set before: ${what}`;
      if (set.has(what)) issues.addIssue({ code: "custom", path: [index], message });
      set.add(what);
    }
  }
}

interface Timing {
  trigger: AiTrigger;
  waitMinutes: number | null;
  schedule: unknown;
  coolDownSeconds: number;
  actions: readonly RuleAction[];
}

/** What a trigger needs, and what it has no use for; of a rule as it would be. */
export function findMismatches({
  trigger,
  waitMinutes,
  schedule,
  coolDownSeconds,
  actions,
}: Timing): { path: string; message: string }[] {
  const faults: { path: string; message: string }[] = [];
  const isNoAnswer = trigger === "NO_ANSWER_TIMEOUT";
  const isScheduled = trigger === "SCHEDULE";
  if (isNoAnswer !== (waitMinutes !== null)) {
    const message = isNoAnswer ? "is needed for no_answer_timeout" : "is for no_answer_timeout only";
    faults.push({ path: "waitMinutes", message });
  }
  if (isScheduled !== (schedule !== null)) {
    faults.push({ path: "schedule", message: isScheduled ? "is needed for schedule" : "is for schedule only" });
  }
  if (isScheduled && coolDownSeconds < REST_SECONDS && actions.some(writesToCustomer)) {
    const message = `must be at least ${REST_SECONDS}, because a schedule comes again whether the customer answers or not`;
    faults.push({ path: "coolDownSeconds", message });
  }
  return faults;
}

function writesToCustomer({ type }: RuleAction): boolean {
  return type === "send_reply" || type === "request_more_info";
}

function refuseMismatch(rule: Timing, issues: z.RefinementCtx): void {
  for (const { path, message } of findMismatches(rule)) issues.addIssue({ code: "custom", path: [path], message });
}
