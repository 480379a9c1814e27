export { addFollowers } from "./add-followers.ts";
export { applyTicketChange, type TicketChange } from "./apply-change.ts";
export { assertMember, assertTeam, holdAssignable } from "./assert-assignable.ts";
export { assertNotMerged } from "./assert-not-merged.ts";
export { assertVersion } from "./assert-version.ts";
export { attributesAfter } from "./attributes-after.ts";
export { assignTicket } from "./assign-ticket.ts";
export { changeTicket } from "./change-ticket.ts";
export { drawTicketNumber } from "./draw-number.ts";
export { assignmentEvent, subjectsOf } from "./events-of-change.ts";
export { findCauseOfStatus } from "./find-cause-of-status.ts";
export { findTicketInWork, findTicketOfNewMessages } from "./find-ticket-in-work.ts";
export { followTicket, unfollowTicket } from "./follow-ticket.ts";
export { withKnownAttributes } from "./known-attributes.ts";
export { listFollowers } from "./list-followers.ts";
export { linkTickets, listTicketLinks, unlinkTickets } from "./link-tickets.ts";
export { listTicketEvents } from "./list-ticket-events.ts";
export { listTickets } from "./list-tickets.ts";
export { lockFreeTickets, type TicketKey } from "./lock-free-tickets.ts";
export { lockTicket, type LockedTicket } from "./lock-ticket.ts";
export { mergeTickets } from "./merge-tickets.ts";
export { asChanger, asSystem, type TicketChanger } from "./ticket-changer.ts";
export { takeNextTicket } from "./next-ticket.ts";
export { openTicket } from "./open-ticket.ts";
export { releaseTickets } from "./release-tickets.ts";
export {
  assignTicketInput,
  changeTicketInput,
  followerJson,
  listFollowersQuery,
  linkedTicketJson,
  listTicketEventsQuery,
  listTicketLinksQuery,
  listedTicketJson,
  listTicketsQuery,
  mergeTicketInput,
  nextTicketInput,
  openTicketInput,
  shownTicketJson,
  snoozeTicketInput,
  splitTicketInput,
  ticketJson,
  type AssignTicketInput,
  type ChangeTicketInput,
  type FollowerJson,
  type ListFollowersQuery,
  type LinkedTicketJson,
  type ListTicketEventsQuery,
  type ListTicketLinksQuery,
  type ListedTicketJson,
  type ListTicketsQuery,
  type MergeTicketInput,
  type NextTicketInput,
  type OpenTicketInput,
  type ShownTicketJson,
  type SnoozeTicketInput,
  type SplitTicketInput,
  type TicketJson,
} from "./schemas.ts";
export { countTickets } from "./count-tickets.ts";
export { askerOf } from "./asker-of.ts";
export { noSuchView } from "./read-view-filter.ts";
export { ticketCondition, type TicketAsker } from "./ticket-condition.ts";
export {
  storedTicketFilter,
  ticketFilterInput,
  ticketFilterJson,
  toTicketFilterJson,
  type TicketFilter,
  type TicketFilterJson,
} from "./ticket-filter.ts";
export { showTicket } from "./show-ticket.ts";
export { putAside, snoozeTicket, wakeSnoozedTicket, wakeTicket } from "./snooze-ticket.ts";
export { splitTicket } from "./split-ticket.ts";
export type { TicketRow } from "./ticket-row.ts";
export { writeTickets } from "./write-ticket.ts";
export { noSuchTicket, toTicketJson } from "./ticket-json.ts";
export { tagsAfter } from "./tags-after.ts";
export { effectOfMove, isUnfinished } from "./transitions.ts";
