export { changeTicketAttribute } from "./change-ticket-attribute.ts";
export { createTicketAttribute } from "./create-ticket-attribute.ts";
export { deleteTicketAttribute } from "./delete-ticket-attribute.ts";
export { listTicketAttributes } from "./list-ticket-attributes.ts";
export {
  changeTicketAttributeInput,
  createTicketAttributeInput,
  listTicketAttributesQuery,
  ticketAttributeJson,
  type ChangeTicketAttributeInput,
  type CreateTicketAttributeInput,
  type ListTicketAttributesQuery,
  type TicketAttributeJson,
} from "./schemas.ts";
export { showTicketAttribute } from "./show-ticket-attribute.ts";
