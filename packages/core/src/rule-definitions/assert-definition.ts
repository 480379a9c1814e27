import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { findConditionFaults } from "../rule-conditions/index.ts";
import { assertActions } from "../ticket-actions/index.ts";
import { assertFilter } from "../views/index.ts";
import { findMismatches, type RuleDefinition } from "./schemas.ts";

/** The parts of what a rule says that may name what there is not. */
type Naming = Partial<Pick<RuleDefinition, "conditions" | "actions" | "schedule">>;

/**
 * Refuses as `validation_failed` what could never hold or never be done: fields, members, teams and attributes that there are
 * not, templates that are none, a trigger without what it needs. Only `given` is looked up, so that a rule whose team
 * was deleted can still be changed otherwise.
 */
export async function assertDefinition(
  tx: Tx,
  tenantId: string,
  definition: RuleDefinition,
  given: Naming = definition,
): Promise<void> {
  const { conditions, actions, schedule } = given;
  const known = conditions && (await tx.ticketAttribute.findMany({ where: { tenantId }, select: { key: true } }));
  const faults = [
    ...findMismatches(definition),
    ...(conditions && known ? findConditionFaults(conditions, new Set(known.map(({ key }) => key))) : []),
  ];
  if (faults.length > 0) {
    throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
      fields: faults,
    });
  }
  if (schedule) await assertFilter(tx, tenantId, schedule.filter, "schedule.filter");
  if (actions) await assertActions(tx, tenantId, actions);
}
