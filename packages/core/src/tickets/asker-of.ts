import { userIdOf, type RequestContext } from "../context/index.ts";
import type { TicketAsker } from "./ticket-condition.ts";

/** Who `me` is in a filter: the person who asks; for an API key nobody. */
export function askerOf({ actor }: Pick<RequestContext, "actor">, tenantId: string): TicketAsker {
  return { tenantId, me: userIdOf(actor) };
}
