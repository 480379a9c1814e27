import { statement } from "@parley/db";
import { patternsOf } from "../person-traces/index.ts";
import type { StepInput, StepOutcome } from "./step.ts";

// held_update_pkey: of a company these are few, and old ones are forgotten.
const DELETE = statement(
  "erasure_delete_held_updates",
  `delete from held_update h
    where h.tenant_id = $1
      and (h.external_id = any($2::text[]) or h.payload::text ~ any($3::text[]))`,
);

/** Statuses, edits and revocations that wait for a message that is not known. */
export async function eraseHeldUpdates({ sql, erasure, person }: StepInput): Promise<StepOutcome> {
  const deleted = await sql.run(DELETE, [erasure.tenantId, [...person.messageIds], patternsOf(person.identifiers)]);
  return { next: null, counts: deleted > 0 ? { heldUpdates: deleted } : {} };
}
