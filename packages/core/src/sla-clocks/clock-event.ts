import type { TicketPriority, TicketStatus } from "@parley/db";
import type { Holder } from "./clock.ts";
import type { SlaRules } from "./rules.ts";

/** Something that happened to a ticket, as far as its clocks are concerned. */
export type ClockEvent = { at: number } & (
  | { kind: "opened" }
  | { kind: "customer_wrote" }
  /** `userId`: who, if a person is known. `isAuto`: nobody wrote it. */
  | { kind: "answered"; isAuto: boolean; userId: string | null }
  /** `isMerge`: the work goes on elsewhere. */
  | { kind: "status"; status: TicketStatus; isMerge: boolean }
  | { kind: "priority"; priority: TicketPriority }
  | { kind: "tags"; tags: readonly string[] }
  | { kind: "holder"; holder: Holder }
  /** The customer was told that the ticket is about to be closed. */
  | { kind: "announced" }
  | { kind: "rules"; rules: SlaRules }
);
