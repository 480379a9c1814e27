export {
  ticketActions,
  ticketActionsJson,
  whatActionSets,
  type TicketAction,
  type TicketActionJson,
} from "./actions.ts";
export { toTicketActionJson } from "./action-json.ts";
export { assertActions } from "./assert-actions.ts";
export { fieldsAfter } from "./fields-after.ts";
export { textOf } from "./text-of.ts";
