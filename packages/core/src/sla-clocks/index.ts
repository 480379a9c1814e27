// What SLA clocks are, without what is done about them: so tickets can show them, and settings revise what they go by.
export { addTime, elapseClock, isOpen, lateBy, usedAt, usedBy, type Clock } from "./clock.ts";
export type { TicketClocks } from "./fold-clocks.ts";
export { readTicketLogs, type FullTicketLog, type TicketKey } from "./read-logs.ts";
export { CLOCK_EVENT_TYPES, foldTicket } from "./read-ticket-log.ts";
export { reviseSla } from "./revise-sla.ts";
export { createRuleBooks, type RevisionsOf, type RuleBooks } from "./rule-books.ts";
export type { AutoClose, Escalation, Policy, SlaRules } from "./rules.ts";
export { showTicketSla, ticketSlaJson, type TicketSlaJson } from "./ticket-sla.ts";
export { SLICE_MS, slaQueue, slaSubscription, slaTimerQueue, sliceOf } from "./sla-queues.ts";
