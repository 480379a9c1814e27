import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { applyTicketChange } from "./apply-change.ts";
import { holdAssignable } from "./assert-assignable.ts";
import { assertVersion } from "./assert-version.ts";
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
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await holdAssignable(tx, tenantId, { assigneeId: userId, teamId });
      const locked = await lockTicket(tx, tenantId, id);
      assertVersion(await withKnownAttributes(tx, tenantId, toTicketJson(locked.ticket)), expectedVersion);
      const after = await applyTicketChange(ctx, tx, locked, { assigneeId: userId, teamId }, asChanger(ctx.actor));
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}
