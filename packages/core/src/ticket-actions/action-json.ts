import { toJsonEnum } from "../json/index.ts";
import type { TicketAction, TicketActionJson } from "./actions.ts";

export function toTicketActionJson(action: TicketAction): TicketActionJson {
  if (action.type === "set_status") return { ...action, status: toJsonEnum(action.status) };
  if (action.type === "set_priority") return { ...action, priority: toJsonEnum(action.priority) };
  return action;
}
