import { z } from "zod";
import { createRandom, type Random } from "../random.ts";
import { parseControl } from "../control/parse-control.ts";

const rate = z.number().min(0).max(1).default(0);

/** What can befall a request instead of an honest answer. */
const FAULT_NAMES = [
  /** HTTP 429 with what the provider says of when to come back; no tokens are counted. */
  "status429",
  "status500",
  /** Never answered. */
  "hang",
  /** HTTP 200 with a body that is cut in the middle. */
  "brokenBody",
  /** The text is not the JSON that was asked for: it is cut in the middle. */
  "malformed",
  /** The JSON stands in a markdown fence. */
  "fenced",
  /** The answer was longer than allowed, and is cut there. */
  "overLong",
  /** The provider's filter says no. */
  "refusing",
] as const;

export const modelFaultName = z.enum(FAULT_NAMES);
export type ModelFaultName = z.output<typeof modelFaultName>;

const faultsSchema = z.strictObject({
  seed: z.int().default(1),
  /** Share of answers that take `slowMs` longer. */
  slow: rate,
  slowMs: z.number().min(0).max(600_000).default(2_000),
  retryAfterSeconds: z.int().min(0).max(3_600).default(1),
  status429: rate,
  status500: rate,
  hang: rate,
  brokenBody: rate,
  malformed: rate,
  fenced: rate,
  overLong: rate,
  refusing: rate,
});

export type ModelFaultsInput = z.input<typeof faultsSchema>;
export type ModelFaults = z.output<typeof faultsSchema>;

/** Checks `input`; throws `validation_failed` with a sentence that names the field. */
export function parseModelFaults(input: unknown): ModelFaults {
  return parseControl(faultsSchema, input, "Faults of models not changed");
}

export interface ModelFate {
  fault: ModelFaultName | undefined;
  delayMs: number;
}

export interface ModelFaultDraws {
  readonly current: ModelFaults;
  draw(): ModelFate;
}

/** A fresh sequence of draws. One draw is made from every stream each time, so no rate shifts another's sequence. */
export function createModelFaultDraws(faults: ModelFaults): ModelFaultDraws {
  const slow = createRandom(faults.seed, "models/slow");
  const streams = FAULT_NAMES.map((name): [ModelFaultName, Random] => [
    name,
    createRandom(faults.seed, `models/${name}`),
  ]);

  return {
    current: faults,
    draw() {
      const delayMs = slow() < faults.slow ? faults.slowMs : 0;
      const [fault] = streams.filter(([name, next]) => next() < faults[name]).map(([name]) => name);
      return { fault, delayMs };
    },
  };
}
