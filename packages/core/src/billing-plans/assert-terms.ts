import { DomainError } from "@parley/runtime";
import type { PlanTerms } from "./default-plans.ts";

/** Refuses as `validation_failed` terms that contradict each other. */
export function assertTerms(terms: PlanTerms): void {
  const { softLimitPercent, hardLimitPercent, hardLimitPolicy, autoRechargeEnabled, whenExhausted } = terms;
  const recharges = hardLimitPolicy === "AUTO_RECHARGE";
  if (softLimitPercent > hardLimitPercent) throw refused("softLimitPercent", "must not be above hardLimitPercent");
  if (autoRechargeEnabled && !recharges) {
    throw refused("autoRechargeEnabled", "needs the hardLimitPolicy auto_recharge; give both, or neither");
  }
  if (!autoRechargeEnabled && recharges) {
    throw refused("hardLimitPolicy", "auto_recharge needs autoRechargeEnabled; give both, or neither");
  }
  if (whenExhausted === "AUTO_RECHARGE") {
    throw refused("whenExhausted", "is for when there is no recharge left, so it must be another policy");
  }
  if (recharges && whenExhausted === null) throw refused("whenExhausted", "is needed with auto_recharge");
  if (!recharges && whenExhausted !== null) throw refused("whenExhausted", "is for auto_recharge only; leave it out");
}

function refused(path: string, message: string): DomainError {
  return new DomainError("validation_failed", `${path} ${message}.`, { fields: [{ path, message }] });
}
