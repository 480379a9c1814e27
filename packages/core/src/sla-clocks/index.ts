// What SLA clocks are, without what is done about them: so tickets can show them, and settings revise what they go by.
export { addTime, elapseClock, isOpen, lateBy, usedAt, usedBy, type Clock, type Holder } from "./clock.ts";
export type { ClockEvent } from "./clock-event.ts";
export { clocksOf, type TicketClocks } from "./fold-clocks.ts";
export { readTicketLogs, type FullTicketLog, type TicketKey } from "./read-logs.ts";
export {
  atFirst,
  CLOCK_EVENT_TYPES,
  clockEventsOf,
  foldTicket,
  type LoggedEvent,
  type TicketLog,
} from "./read-ticket-log.ts";
export { reviseSla } from "./revise-sla.ts";
export { createRuleBooks, type RevisionsOf, type RuleBooks } from "./rule-books.ts";
export type { AutoClose, Escalation, Policy, SlaRules } from "./rules.ts";
export { showTicketSla, ticketSlaJson, type TicketSlaJson } from "./ticket-sla.ts";
export { SLICE_MS, slaQueue, slaSubscription, slaTimerQueue, sliceOf } from "./sla-queues.ts";
