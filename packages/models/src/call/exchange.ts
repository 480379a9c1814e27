import type { Clock, Fetch } from "@parley/runtime";
import { APICallError } from "ai";
import type { Circuit } from "../circuit.ts";
import type { ModelErrorKind, ModelFailure } from "../model-error.ts";
import type { ModelSettings } from "../model-settings.ts";
import { NO_TOKENS, type TokenUsage } from "../token-usage.ts";
import { askOnce, type Question, type RawAnswer } from "./ask-once.ts";
import { classifyFailure, failure } from "./classify-failure.ts";
import { adaptDialect, FULL_DIALECT, type Dialect } from "./dialect.ts";
import { languageModel } from "./language-model.ts";

/** What came of asking once; more than one attempt where the server had to be spoken to in another way. */
export type Asked = { attempts: number; uncounted: number; usage: TokenUsage } & (
  | { answer: RawAnswer }
  | { failure: ModelFailure }
);

/** Failures that say that the provider is in trouble; all others prove that it answers. */
const TROUBLE: ReadonlySet<ModelErrorKind> = new Set(["timeout", "rate_limited", "unavailable"]);

/** Asks once, unless the circuit is open, and tells the circuit what came of it. Remembers the server's dialect. */
export function createExchange(options: { settings: ModelSettings; fetch: Fetch; clock: Clock; circuit: Circuit }) {
  const { settings, fetch, clock, circuit } = options;
  let known = FULL_DIALECT;

  async function tryOnce(question: Question, deadline: number): Promise<RawAnswer | ModelFailure | Dialect> {
    if (!circuit.admits()) {
      return {
        ...failure("circuit_open", "The model failed several times in a row: it is left alone for a while."),
        retryable: true,
      };
    }
    const dialect = known;
    const leftMs = Math.max(1, deadline - clock.now().getTime());
    try {
      const model = languageModel(settings, fetch, dialect);
      const answer = await askOnce(model, dialect, question, AbortSignal.timeout(leftMs));
      circuit.succeeded();
      return answer;
    } catch (error) {
      const outcome = nextDialect(dialect, error) ?? classifyFailure(error, clock.now());
      if (!outcome) throw error;
      if ("kind" in outcome && TROUBLE.has(outcome.kind)) circuit.failed();
      else circuit.succeeded();
      return outcome;
    }
  }

  function nextDialect(dialect: Dialect, error: unknown): Dialect | undefined {
    if (settings.provider !== "openai_compatible" || !APICallError.isInstance(error)) return undefined;
    return adaptDialect(dialect, error.statusCode, error.responseBody);
  }

  return async (question: Question, deadline: number): Promise<Asked> => {
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await tryOnce(question, deadline);
      if ("format" in outcome) {
        known = outcome;
        continue;
      }
      if ("text" in outcome) return { attempts, uncounted: 0, usage: outcome.usage, answer: outcome };
      const asked = outcome.kind === "circuit_open" ? attempts - 1 : attempts;
      return { attempts: asked, uncounted: outcome.mayBeCharged ? 1 : 0, usage: NO_TOKENS, failure: outcome };
    }
  };
}
