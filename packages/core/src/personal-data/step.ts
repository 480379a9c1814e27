import type { Sql, Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { ErasureCounts, LockedErasure } from "./erasure-row.ts";
import type { ErasedPerson } from "./erased-person.ts";

/** What a part of a step is given: its transaction, the erasure as it is locked, and whom it is about. */
export interface StepInput {
  ctx: SystemContext;
  tx: Tx;
  sql: Sql;
  erasure: LockedErasure;
  person: ErasedPerson;
}

/** `wait`: it cannot go on yet, and nothing is written. Else the place from which it goes on; null: it is done. */
export type StepOutcome = "wait" | { next: unknown; counts: ErasureCounts };

export type Step = (input: StepInput) => Promise<StepOutcome>;
