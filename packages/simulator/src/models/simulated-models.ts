import { createModelFaultDraws, parseModelFaults, type ModelFaults, type ModelFaultsInput } from "./model-faults.ts";
import type { ModelLedger } from "./model-ledger.ts";
import { createModelScript, type ModelScriptInput, type ModelScriptJson } from "./model-script.ts";
import type { ModelWorld } from "./model-world.ts";

/** The language models, both of OpenAI's wire format and of Google's. */
export interface SimulatedModels {
  /** What goes for `https://api.openai.com/v1`. */
  readonly openAiUrl: string;
  /** What goes for `https://generativelanguage.googleapis.com/v1beta`. */
  readonly geminiUrl: string;
  readonly ledger: ModelLedger;
  /** Replaces what models are told to say. */
  setScript(script: ModelScriptInput): ModelScriptJson;
  /** Replaces all faults and starts their sequences anew. What is not named is off. */
  setFaults(faults: ModelFaultsInput): ModelFaults;
}

/** The same verbs for the control routes, where the input is whatever came. */
export function createModelControl(models: ModelWorld) {
  return {
    ledger: models.ledger,
    setScript: (input: unknown): ModelScriptJson => (models.script = createModelScript(input)).json,
    setFaults: (input: unknown): ModelFaults =>
      (models.faults = createModelFaultDraws(parseModelFaults(input))).current,
  };
}
