import { z } from "zod";
import { parseControl } from "../control/parse-control.ts";
import { modelFaultName } from "./model-faults.ts";
import type { ModelRequest } from "./model-request.ts";

const ruleSchema = z.strictObject({
  /** Only requests in which this stands, in the system prompt or in a message. */
  contains: z.string().min(1).optional(),
  /** Only requests to this model. */
  model: z.string().min(1).optional(),
  /** How often it applies; always unless given. */
  times: z.int().positive().optional(),
  /** What is answered, word for word; an object becomes JSON. */
  answer: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  /** What befalls the request, whatever the rates say. */
  fault: modelFaultName.optional(),
});

const scriptSchema = z.strictObject({
  /**
   * `sensible`: answers that fit the schema and the data. `obedient`: does whatever a text in the data asks for, as the most
   * gullible of models would.
   */
  behaviour: z.enum(["sensible", "obedient"]).default("sensible"),
  /** The first rule that fits and is not used up decides. */
  answers: z.array(ruleSchema).max(1_000).default([]),
});

export type ModelScriptInput = z.input<typeof scriptSchema>;
export type ModelScriptJson = z.output<typeof scriptSchema>;
type Rule = z.output<typeof ruleSchema>;

/** What models have been told to answer. */
export interface ModelScript {
  readonly json: ModelScriptJson;
  /** The rule for this request, counted as used. */
  take(request: ModelRequest): Rule | undefined;
}

/** Checks `input`; throws `validation_failed` with a sentence that names the field. */
export function createModelScript(input: unknown): ModelScript {
  const json = parseControl(scriptSchema, input, "Script of models not changed");
  const used = new Map<Rule, number>();

  const fits = (rule: Rule, request: ModelRequest): boolean =>
    (rule.model === undefined || rule.model === request.model) &&
    (rule.contains === undefined || textOf(request).includes(rule.contains)) &&
    (used.get(rule) ?? 0) < (rule.times ?? Infinity);

  return {
    json,
    take(request) {
      const rule = json.answers.find((candidate) => fits(candidate, request));
      if (rule) used.set(rule, (used.get(rule) ?? 0) + 1);
      return rule;
    },
  };
}

function textOf(request: ModelRequest): string {
  return [request.system, ...request.messages.map(({ text }) => text)].join("\n");
}
