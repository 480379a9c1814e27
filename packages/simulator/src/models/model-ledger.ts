import type { ModelFaultName } from "./model-faults.ts";
import type { ModelProvider, ModelUsage } from "./model-request.ts";

/** One request to a model, whatever came of it. Keys are not kept. */
export interface ModelCallRecord {
  at: number;
  provider: ModelProvider;
  /** Null when the request was not well formed. */
  model: string | null;
  /** The body as it came over the wire. */
  body: unknown;
  /** Null while it is under way, and for ever if it hangs. */
  status: number | null;
  fault: ModelFaultName | null;
  /** What the model said. */
  text: string | null;
  usage: ModelUsage | null;
}

export interface ModelLedger {
  /** In order of arrival. */
  readonly calls: readonly ModelCallRecord[];
  /** Requests refused, by HTTP status. */
  readonly refused: ReadonlyMap<number, number>;
  /** Faults that happened, by name. */
  readonly faults: ReadonlyMap<ModelFaultName, number>;
}

export interface WritableModelLedger extends ModelLedger {
  recordCall(call: Pick<ModelCallRecord, "at" | "provider" | "body">): ModelCallRecord;
  countRefused(status: number): void;
  countFault(name: ModelFaultName): void;
  clear(): void;
}

export function createModelLedger(): WritableModelLedger {
  let calls: ModelCallRecord[] = [];
  const refused = new Map<number, number>();
  const faults = new Map<ModelFaultName, number>();

  return {
    get calls() {
      return calls;
    },
    refused,
    faults,
    recordCall(call) {
      const record = { ...call, model: null, status: null, fault: null, text: null, usage: null };
      calls.push(record);
      return record;
    },
    countRefused: (status) => void refused.set(status, (refused.get(status) ?? 0) + 1),
    countFault: (name) => void faults.set(name, (faults.get(name) ?? 0) + 1),
    clear() {
      calls = [];
      refused.clear();
      faults.clear();
    },
  };
}
