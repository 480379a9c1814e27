import type { HeldSockets } from "../held-sockets.ts";
import type { Timers } from "../timers.ts";
import { createModelFaultDraws, parseModelFaults, type ModelFaultDraws } from "./model-faults.ts";
import { createModelLedger, type WritableModelLedger } from "./model-ledger.ts";
import { createModelScript, type ModelScript } from "./model-script.ts";

/** Everything that a request to a model can touch. */
export interface ModelWorld {
  now(): number;
  timers: Timers;
  heldSockets: HeldSockets;
  ledger: WritableModelLedger;
  /** Refuse every other key. Without it any key will do, except the word "wrong". */
  apiKey: string | undefined;
  /** Replaced when they are set. */
  script: ModelScript;
  faults: ModelFaultDraws;
}

export function createModelWorld(parts: Pick<ModelWorld, "now" | "timers" | "heldSockets" | "apiKey">): ModelWorld {
  return {
    ...parts,
    ledger: createModelLedger(),
    script: createModelScript({}),
    faults: createModelFaultDraws(parseModelFaults({})),
  };
}

/** An empty ledger, sensible answers, no faults. */
export function resetModels(models: ModelWorld): void {
  models.ledger.clear();
  models.script = createModelScript({});
  models.faults = createModelFaultDraws(parseModelFaults({}));
}
