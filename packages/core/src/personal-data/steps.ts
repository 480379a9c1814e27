import { eraseAnswers } from "./erase-answers.ts";
import { eraseConversations } from "./erase-conversations.ts";
import { eraseFiles } from "./erase-files.ts";
import { eraseHeldUpdates } from "./erase-held-updates.ts";
import { eraseImports } from "./erase-imports.ts";
import { eraseMessages } from "./erase-messages.ts";
import { eraseRawEvents } from "./erase-raw-events.ts";
import { eraseRuleTraces } from "./erase-rule-traces.ts";
import { eraseTickets } from "./erase-tickets.ts";
import { settle } from "./settle.ts";
import type { Step } from "./step.ts";

/** In this order: messages are found by their ids in what arrived, so those ids are erased after it. */
const STEPS: readonly [name: string, erase: Step][] = [
  ["settle", settle],
  ["raw_events", eraseRawEvents],
  ["held_updates", eraseHeldUpdates],
  ["imports", eraseImports],
  ["answers", eraseAnswers],
  ["rules", eraseRuleTraces],
  ["files", eraseFiles],
  ["messages", eraseMessages],
  ["conversations", eraseConversations],
  ["tickets", eraseTickets],
];

export const FIRST_STEP = "settle";

/** The step of this name, and the one that follows; undefined after the last one. */
export function stepAt(name: string): { erase: Step; next: string | undefined } {
  const index = STEPS.findIndex(([each]) => each === name);
  const found = STEPS[index];
  if (!found) throw new Error(`an erasure is at the step ${name}, which there is not`);
  return { erase: found[1], next: STEPS[index + 1]?.[0] };
}
