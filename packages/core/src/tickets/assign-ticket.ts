import { together } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { holdAssignable } from "./assert-assignable.ts";
import { assertTicketVersion } from "./assert-ticket-version.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import { lockTicket } from "./lock-ticket.ts";
import { asChanger } from "./ticket-changer.ts";
import type { AssignTicketInput, TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";

/** Gives a ticket to a member, a team, or both; null takes it away from them. What is not named stays. */
export async function assignTicket(
  ctx: RequestContext,
  input: AssignTicketInput & { id: string; expectedVersion?: number | undefined },
): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { id, expectedVersion, userId, teamId } = input;
  return ctx.database.tenantSql(tenantId).transaction((tx) =>
    once(ctx, tx, async () => {
      const holder = { assigneeId: userId, teamId };
      const [, locked] = await together([holdAssignable(tx, tenantId, holder), lockTicket(tx, tenantId, id)]);
      await assertTicketVersion(tx, locked.ticket, expectedVersion);
      const after = await applyTicketChange(ctx, tx, locked, holder, asChanger(ctx.actor));
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}
