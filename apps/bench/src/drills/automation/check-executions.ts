import { compareSets, none, type Check } from "../harness/comparison.ts";
import { askedKey, type Asked, type Execution } from "./asked.ts";
import type { Letter } from "./plan-letters.ts";
import { ACTION_OF } from "./set-up-desks.ts";
import type { StoredLetter } from "./stored-letter.ts";

/** What a round has left in the database, and what customers wrote. */
export interface Remains {
  asked: readonly Asked[];
  executions: readonly Execution[];
  stored: readonly StoredLetter[];
  /** By provider id. */
  letters: ReadonlyMap<string, Letter>;
}

/** Every rule was asked once about every event that was its own, and what came of it is what it says. */
export function checkExecutions({ asked, executions, stored, letters }: Remains): Check[] {
  const askedOf = new Map(asked.map((each) => [askedKey(each), each]));
  const letterOf = new Map(
    stored.flatMap(({ id, externalId }) => {
      const letter = letters.get(externalId ?? "");
      return letter ? [[id, letter] as const] : [];
    }),
  );
  const isOdd = (execution: Execution): boolean => {
    const event = askedOf.get(askedKey(execution));
    const letter = letterOf.get(execution.messageId ?? "");
    // What answers turns may find that the customer has gone on; that is looked at by itself.
    if (!event || execution.rule === "thank") return false;
    return execution.outcome !== (applies(event, letter) ? "SUCCESS" : "SKIPPED");
  };
  return [
    compareSets("executions, by event and rule", new Set(askedOf.keys()), executions.map(askedKey)),
    none(
      "executions that failed",
      executions.filter(({ outcome }) => outcome !== "SUCCESS" && outcome !== "SKIPPED").map(describe),
    ),
    none("executions with another outcome than their rule says", executions.filter(isOdd).map(describe)),
    none(
      "executions whose receipts are not what they did",
      executions.filter((execution) => !hasItsReceipts(execution)).map(describe),
    ),
  ];
}

/** What the rules say, in the drill's own words. */
function applies({ rule, type, data }: Asked, letter: Letter | undefined): boolean {
  switch (rule) {
    case "mark":
      return letter?.isMarked === true;
    case "orders":
      return letter?.namesOrder === true;
    case "raised":
      return type === "PRIORITY_CHANGED" && data["to"] === "high";
    case "raise":
    case "thank":
      return true;
  }
}

function hasItsReceipts({ rule, outcome, receipts }: Execution): boolean {
  if (outcome !== "SUCCESS") return receipts.length === 0;
  return receipts.length === 1 && receipts[0]?.type === ACTION_OF[rule];
}

function describe(execution: Execution): string {
  const { outcome, reason, receipts } = execution;
  const done = receipts.map(({ type }) => type).join(", ") || "nothing";
  return `${askedKey(execution)}: ${outcome}${reason === null ? "" : ` (${reason})`}, did ${done}`;
}
