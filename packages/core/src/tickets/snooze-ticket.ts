import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext, type SystemContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { cancelTimer, setTimer, type TimerHandler, type TimerKey } from "../timers/index.ts";
import { subjectsOf } from "./events-of-change.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import { lockTicket } from "./lock-ticket.ts";
import type { TicketRow } from "./ticket-row.ts";
import { asChanger, asSystem, type TicketChanger } from "./ticket-changer.ts";
import type { SnoozeTicketInput, TicketJson } from "./schemas.ts";
import { toTicketJson } from "./ticket-json.ts";
import { isUnfinished } from "./transitions.ts";

/** Puts a ticket aside until a time, or until the customer writes, which wakes it in either case. */
export async function snoozeTicket(
  ctx: RequestContext,
  input: SnoozeTicketInput & { id: string },
): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { id, until = null } = input;
  const now = ctx.clock.now();
  if (until && until <= now) {
    const message = "must be in the future";
    throw new DomainError("validation_failed", `until ${message}.`, { fields: [{ path: "until", message }] });
  }
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { ticket } = await lockTicket(tx, tenantId, id);
      const after = await putAside(ctx, tx, ticket, until, asChanger(ctx.actor));
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}

/** Puts a ticket aside whose lock the caller holds; null: until the customer writes. Refuses as `conflict` one that has ended. */
export async function putAside(
  ctx: SystemContext,
  tx: Tx,
  ticket: TicketRow,
  until: Date | null,
  by: TicketChanger,
): Promise<TicketRow> {
  if (!isUnfinished(ticket.status)) {
    throw new DomainError("conflict", "Only a ticket that is being worked on can be put aside; reopen it first.");
  }
  const { tenantId, id } = ticket;
  const now = ctx.clock.now();
  const after = await tx.ticket.update({
    where: { tenantId_id: { tenantId, id } },
    data: { snoozedAt: now, snoozedUntil: until, updatedAt: now, version: { increment: 1 } },
  });
  if (until) await setTimer(ctx, tx, wakeTimer(ticket), until);
  else await cancelTimer(tx, wakeTimer(ticket));
  const data = { until: until?.toISOString() ?? null };
  await publishEvents(ctx, tx, [{ ...subjectsOf(ticket), ...by.actor, type: "TICKET_SNOOZED", data }]);
  return after;
}

/** Takes a ticket up again that was put aside; one that was not is as it was. */
export async function wakeTicket(ctx: RequestContext, { id }: { id: string }): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const { ticket } = await lockTicket(tx, tenantId, id);
    await cancelTimer(tx, wakeTimer(ticket));
    const after = await wake(ctx, tx, ticket, asChanger(ctx.actor));
    return withKnownAttributes(tx, tenantId, toTicketJson(after));
  });
}

/** What the timer does that `snoozeTicket` set. */
export const wakeSnoozedTicket: TimerHandler = async (ctx, tx, { tenantId, subjectId }) => {
  const { ticket } = await lockTicket(tx, tenantId, subjectId);
  const isDue = ticket.snoozedUntil !== null && ticket.snoozedUntil <= ctx.clock.now();
  if (isDue) await wake(ctx, tx, ticket, asSystem("snooze_ended"));
};

async function wake(ctx: SystemContext, tx: Tx, ticket: TicketRow, by: TicketChanger): Promise<TicketRow> {
  if (!ticket.snoozedAt) return ticket;
  const { tenantId, id } = ticket;
  const after = await tx.ticket.update({
    where: { tenantId_id: { tenantId, id } },
    data: { snoozedAt: null, snoozedUntil: null, updatedAt: ctx.clock.now(), version: { increment: 1 } },
  });
  const data = by.because === undefined ? {} : { because: by.because };
  await publishEvents(ctx, tx, [{ ...subjectsOf(ticket), ...by.actor, type: "TICKET_WOKEN", data }]);
  return after;
}

function wakeTimer({ tenantId, id }: TicketRow): TimerKey {
  return { tenantId, kind: "wake_ticket", subjectId: id };
}
