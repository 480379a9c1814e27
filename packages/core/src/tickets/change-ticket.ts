import { authorize, type RequestContext } from "../context/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { holdAssignable } from "./assert-assignable.ts";
import { assertVersion } from "./assert-version.ts";
import { attributesAfter } from "./attributes-after.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import { lockTicket } from "./lock-ticket.ts";
import { asChanger } from "./ticket-changer.ts";
import type { ChangeTicketInput, TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";

/** Changes what is given. With `expectedVersion`, only if nobody changed the ticket since: else `precondition_failed`. */
export async function changeTicket(
  ctx: RequestContext,
  input: ChangeTicketInput & { id: string; expectedVersion?: number | undefined },
): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { id, expectedVersion, attributes, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    await holdAssignable(tx, tenantId, change);
    const locked = await lockTicket(tx, tenantId, id);
    if (expectedVersion !== undefined) {
      assertVersion(await withKnownAttributes(tx, tenantId, toTicketJson(locked.ticket)), expectedVersion);
    }
    const all = attributes === undefined ? undefined : await attributesAfter(tx, locked.ticket, attributes);
    const after = await applyTicketChange(ctx, tx, locked, { ...change, attributes: all }, asChanger(ctx.actor));
    return withKnownAttributes(tx, tenantId, toTicketJson(after));
  });
}
