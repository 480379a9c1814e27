import type { Intent } from "../intent/classify-intent.ts";
import { findSignals, isFollowedBy, type Signals } from "../signals/find-signals.ts";
import { tokenize } from "../text/tokens.ts";

const SURE = 0.6;
/** "discuter tout de suite avec un conseiller". */
const REACH = 6;

/** Whether the customer asks for a person, be it the whole message or beside something else. */
export function wantsHuman(text: string, intent: Intent, signals: Signals): boolean {
  if (intent.label === "human_request" && intent.confidence >= SURE) return true;
  const found = findSignals(tokenize(text), signals);
  return found.has("ask") || isFollowedBy(found.get("speak"), found.get("person"), REACH);
}
