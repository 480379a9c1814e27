export { listTicketEvents } from "./list-ticket-events.ts";
export { listTickets } from "./list-tickets.ts";
export {
  listTicketEventsQuery,
  listTicketsQuery,
  ticketEventJson,
  ticketJson,
  type ListTicketEventsQuery,
  type ListTicketsQuery,
  type TicketEventJson,
  type TicketJson,
} from "./schemas.ts";
export { showTicket } from "./show-ticket.ts";
export { noSuchTicket } from "./ticket-json.ts";
