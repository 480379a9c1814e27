import type { FastifyInstance } from "fastify";
import type { ModelFaults } from "../models/model-faults.ts";
import type { ModelLedger } from "../models/model-ledger.ts";
import type { ModelScriptJson } from "../models/model-script.ts";

/** What the control routes of models can do; the same verbs as in-process. */
export interface ModelControl {
  ledger: ModelLedger;
  setScript(input: unknown): ModelScriptJson;
  setFaults(input: unknown): ModelFaults;
}

export function registerModelControlRoutes(app: FastifyInstance, models: ModelControl): void {
  app.post("/_sim/models/script", (request) => models.setScript(request.body ?? {}));
  app.post("/_sim/models/faults", (request) => models.setFaults(request.body ?? {}));
  app.get("/_sim/models/ledger", () => ({
    calls: models.ledger.calls,
    refused: Object.fromEntries(models.ledger.refused),
    faults: Object.fromEntries(models.ledger.faults),
  }));
}
