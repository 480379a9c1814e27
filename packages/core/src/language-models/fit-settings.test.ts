import { DomainError } from "@parley/runtime";
import { expect, test } from "vitest";
import { DEFAULT_AI_SETTINGS, type AiSettings } from "./ai-settings.ts";
import { assertFitTogether } from "./fit-settings.ts";

const PRICED: AiSettings = {
  ...DEFAULT_AI_SETTINGS,
  tenantId: "019aa3a4-5c00-7000-8000-000000000001",
  provider: "GOOGLE",
  model: "small-model-1",
  sealedApiKey: "sealed",
  monthlyBudgetMicros: 5_000_000n,
  inputPriceMicros: 150_000n,
  outputPriceMicros: 600_000n,
};

function faultsOf(settings: AiSettings): string[] {
  try {
    assertFitTogether(settings);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.fields.map(({ path }) => path);
  }
}

test.each([
  ["with both prices", [], {}],
  ["without the price of what is asked", ["inputPrice"], { inputPriceMicros: 0n }],
  ["without any price", ["inputPrice", "outputPrice"], { inputPriceMicros: 0n, outputPriceMicros: 0n }],
  ["without any price, as long as there is no provider", [], { ...DEFAULT_AI_SETTINGS, monthlyBudgetMicros: 1n }],
  ["that is none, without any price", [], { ...PRICED, monthlyBudgetMicros: null, inputPriceMicros: 0n }],
])("a budget %s has these faults: %j", (_when, paths, changes) => {
  expect(faultsOf({ ...PRICED, ...changes })).toEqual(paths);
});
