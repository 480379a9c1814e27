export { listAttributesQuery as listTicketAttributesQuery } from "../attributes/index.ts";
export {
  changeTicketAttributeInput,
  createTicketAttributeInput,
  ticketAttributeJson,
  type ChangeTicketAttributeInput,
  type CreateTicketAttributeInput,
  type TicketAttributeJson,
} from "./schemas.ts";
export {
  changeTicketAttribute,
  createTicketAttribute,
  deleteTicketAttribute,
  listTicketAttributes,
  showTicketAttribute,
} from "./ticket-attributes.ts";
