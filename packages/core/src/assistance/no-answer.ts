import { DomainError } from "@parley/runtime";
import type { NoAnswerReason } from "../language-models/index.ts";

/** What whoever asked for something that only a model can do is told when none has done it. */
export function noAnswer(reason: NoAnswerReason): DomainError {
  switch (reason) {
    case "no_model":
      return new DomainError("conflict", "There is no language model for this; name one in the AI settings.");
    case "no_budget":
      return new DomainError("conflict", "What is left of the month's budget does not allow it; raise it, or wait.");
    case "key_unreadable":
    case "unauthorized":
      return new DomainError("conflict", "The model does not accept the API key; give it again in the AI settings.");
    case "bad_request":
      return new DomainError(
        "conflict",
        "The server does not know this model, or what is asked; check the AI settings.",
      );
    case "too_long":
      return new DomainError("conflict", "This is longer than the model takes; make it shorter.");
    case "refused":
    case "malformed":
      return new DomainError("conflict", "The model gave no answer that can be used; write it yourself.");
    case "timeout":
    case "rate_limited":
    case "unavailable":
    case "circuit_open":
      return new DomainError("unavailable", "The model does not answer at the moment; try again shortly.");
  }
}
