import { together } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { holdAssignable } from "./assert-assignable.ts";
import { assertTicketVersion } from "./assert-ticket-version.ts";
import { attributesAfter, attributesOf } from "./attributes-after.ts";
import { findAttributes } from "./find-attributes.ts";
import { withAttributesOf } from "./known-attributes.ts";
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
  return ctx.database.tenantSql(tenantId).transaction(async (tx) => {
    const [, locked] = await together([holdAssignable(tx, tenantId, change), lockTicket(tx, tenantId, id)]);
    const { ticket } = locked;
    await assertTicketVersion(tx, ticket, expectedVersion);
    const all = attributes === undefined ? undefined : await attributesAfter(tx, ticket, attributes);
    const [after, known] = await together([
      applyTicketChange(ctx, tx, locked, { ...change, attributes: all }, asChanger(ctx.actor)),
      findAttributes(tx, tenantId, Object.keys(all ?? attributesOf(ticket))),
    ]);
    return withAttributesOf(known, toTicketJson(after));
  });
}
