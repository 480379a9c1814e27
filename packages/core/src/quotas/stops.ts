import type { HardLimitPolicy, UsageMeter } from "@parley/db";

/** What a plan may limit that somebody does; tickets that people open are asked for by `assertTicketQuota`. */
export const LIMITED = ["AI_ACTIONS", "MESSAGES"] as const;
export type Limited = (typeof LIMITED)[number];

/** Which limits, once they are reached, keep from what, as long as a policy holds. */
export const STOPS: Readonly<Record<Limited, Partial<Record<HardLimitPolicy, readonly UsageMeter[]>>>> = {
  AI_ACTIONS: { BLOCK_AI: ["TICKETS", "AI_ACTIONS", "MESSAGES"], BLOCK_OUTBOUND: ["AI_ACTIONS"] },
  MESSAGES: { BLOCK_OUTBOUND: ["TICKETS", "MESSAGES"] },
};

/** SQL: whether the policy `policy`, an expression, keeps from something once `meter` is reached. */
export function stopsAt(policy: string, what: Limited, meter: UsageMeter): string {
  const policies = Object.entries(STOPS[what]).flatMap(([name, meters]) =>
    meters.includes(meter) ? [`'${name}'`] : [],
  );
  return policies.length === 0 ? "false" : `${policy} in (${policies.join(", ")})`;
}
