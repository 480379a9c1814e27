import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Fetch, Logger } from "@parley/runtime";
import type { Circuit } from "../circuit.ts";
import type { GenerateRequest, Generated, ModelClient } from "../model-client.ts";
import { ModelError, type ModelEffort, type ModelFailure } from "../model-error.ts";
import type { ModelSettings } from "../model-settings.ts";
import { addUsage, NO_TOKENS } from "../token-usage.ts";
import type { RawAnswer, Turn } from "./ask-once.ts";
import { backoffMs } from "./backoff.ts";
import { failure } from "./classify-failure.ts";
import { createExchange, type Asked } from "./exchange.ts";
import { readAnswer } from "./read-answer.ts";
import { wireSchema } from "./wire-schema.ts";

export interface ModelClientOptions {
  settings: ModelSettings;
  /** Reaches the provider; for URLs that companies give, a guarded one. */
  fetch: Fetch;
  clock: Clock;
  logger: Logger;
  circuit: Circuit;
  /** How often a question is asked again after a failure that may pass. */
  retries?: number;
  /** For tests: waits without waiting, and chance that is none. */
  pause?: (ms: number) => Promise<unknown>;
  random?: () => number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** Of an answer that cannot be used, so much is shown to the model again. */
const SHOWN_AGAIN = 4_000;

/**
 * Asks a company's model. An answer is JSON that fits the request's schema and passes its check; one that does not is
 * asked for once more, with what is wrong. Failures that may pass are repeated with growing pauses, or those that the
 * provider asks for, as long as the deadline allows. Keep a client as long as its settings: it learns what its server
 * does not understand.
 */
export function createModelClient(options: ModelClientOptions): ModelClient {
  const { settings, clock, logger, retries = 2, pause = sleep, random = Math.random } = options;
  const exchange = createExchange(options);
  const now = (): number => clock.now().getTime();

  async function generate<T>(request: GenerateRequest<T>): Promise<Generated<T>> {
    const { system, prompt, name, schema, check = () => undefined, timeoutMs = DEFAULT_TIMEOUT_MS } = request;
    const startedAt = now();
    const deadline = startedAt + timeoutMs;
    const maxOutputTokens = Math.min(request.maxOutputTokens ?? Infinity, settings.maxOutputTokens);
    const question = { system, name, schema: wireSchema(schema), temperature: settings.temperature, maxOutputTokens };
    const spent = { usage: NO_TOKENS, attempts: 0, uncounted: 0 };
    const effort = (): ModelEffort => ({ ...spent, latencyMs: now() - startedAt });
    let turns: Turn[] = [{ role: "user", content: prompt }];
    let failures = 0;
    let isRepair = false;

    for (;;) {
      const asked = await exchange({ ...question, turns }, deadline);
      spent.usage = addUsage(spent.usage, asked.usage);
      spent.attempts += asked.attempts;
      spent.uncounted += asked.uncounted;
      const reading = "answer" in asked ? readAnswer(asked.answer, schema, check) : asked;
      if ("value" in reading) return { value: reading.value, ...effort() };

      const failed = "failure" in reading ? reading.failure : notUsable(reading.problem);
      if (failed.kind === "malformed" && !isRepair) {
        isRepair = true;
        if ("problem" in reading) turns = [...turns, ...repairTurns(asked, reading.problem)];
        continue;
      }
      failures += 1;
      const waitMs = failed.retryAfterMs ?? backoffMs(failures, random);
      const mayPass = failed.retryable && failed.kind !== "circuit_open";
      const facts = { provider: settings.provider, model: settings.model, kind: failed.kind, attempts: spent.attempts };
      if (!mayPass || failures > retries || now() + waitMs >= deadline) {
        logger.warn(facts, "the model gave no answer");
        throw new ModelError(failed, effort());
      }
      logger.debug({ ...facts, waitMs }, "the model is asked again");
      await pause(waitMs);
    }
  }

  return { generate };
}

/** What is wrong is not told to others than the model: it may speak of what people wrote. */
function notUsable(_problem: string): ModelFailure {
  return failure("malformed", "The model's answer is not what was asked for, nor was its second one.");
}

function repairTurns(asked: Asked, problem: string): Turn[] {
  const answer: RawAnswer | undefined = "answer" in asked ? asked.answer : undefined;
  return [
    { role: "assistant", content: answer?.text.slice(0, SHOWN_AGAIN) || "{}" },
    { role: "user", content: `This answer cannot be used. ${problem} Answer again, with the JSON object only.` },
  ];
}
