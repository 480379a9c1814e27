import { z } from "zod";
import { timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { ruleDefinitionJson } from "../rule-definitions/index.ts";

const MAX_VERSION = 2 ** 31 - 1;

const version = z.int().min(1).max(MAX_VERSION);
const queryVersion = z.coerce.number().pipe(version);

export const listRuleVersionsQuery = pageQuery;
export type ListRuleVersionsQuery = z.output<typeof listRuleVersionsQuery>;

export const ruleVersionJson = z
  .object({
    version: z.int().meta({ example: 2 }),
    definition: ruleDefinitionJson,
    createdBy: z.uuid().meta({ description: "Whoever wrote it: a member, or an API key." }),
    createdAt: timeJson,
  })
  .meta({ id: "RuleVersion" });
export type RuleVersionJson = z.infer<typeof ruleVersionJson>;

export const diffRuleVersionsQuery = z.strictObject({
  from: queryVersion.optional().meta({ description: "The one before `to`, if it is not named.", example: 1 }),
  to: queryVersion.optional().meta({ description: "The newest, if it is not named.", example: 2 }),
});
export type DiffRuleVersionsQuery = z.output<typeof diffRuleVersionsQuery>;

export const ruleChangeJson = z
  .object({
    path: z.string().meta({
      description: "Where in the definition: as it is in `to`, or, of what is gone, as it was in `from`.",
      example: "conditions.all.0.value",
    }),
    kind: z.enum(["added", "removed", "changed"]).meta({ example: "changed" }),
    before: z.unknown().meta({ description: "Not there where something was added.", example: "parcel" }),
    after: z.unknown().meta({ description: "Not there where something was removed.", example: "package" }),
    summary: z.string().meta({ example: 'conditions.all.0.value: "parcel" became "package"' }),
  })
  .meta({ id: "RuleChange" });
export type RuleChangeJson = z.infer<typeof ruleChangeJson>;

export const ruleDiffJson = z
  .object({ from: z.int().meta({ example: 1 }), to: z.int().meta({ example: 2 }), changes: z.array(ruleChangeJson) })
  .meta({ id: "RuleDiff" });
export type RuleDiffJson = z.infer<typeof ruleDiffJson>;

export const rollbackRuleInput = z
  .strictObject({ version: version.meta({ description: "What the rule is to say again.", example: 1 }) })
  .meta({ id: "RollbackRule" });
export type RollbackRuleInput = z.output<typeof rollbackRuleInput>;
