import { sqlOf, type Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { isWithinWindow } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { appendMessageAs, findObstacle, SYSTEM_AUTHOR } from "../messages/index.ts";
import { foldTicket, readTicketLogs, type RuleBooks, type TicketClocks } from "../sla-clocks/index.ts";
import {
  applyTicketChange,
  asSystem,
  findCauseOfStatus,
  lockTicket,
  subjectsOf,
  type LockedTicket,
} from "../tickets/index.ts";
import type { TimerHandler } from "../timers/index.ts";
import { lookAtClock } from "./look-at-clock.ts";
import { planAutoClose } from "./plan-auto-close.ts";

/**
 * What the timer of a ticket does in which nobody writes: the customer is told, then the ticket is closed. Whoever writes
 * needs the conversation's lock, which this holds: so nobody is closed upon who has just written. Fires again for what comes
 * next.
 */
export function createAutoClose(books: RuleBooks): TimerHandler {
  return async (ctx, tx, { tenantId, subjectId: ticketId }) => {
    const locked = await lockTicket(tx, tenantId, ticketId);
    const clocks = await readClocks(books, tx, { tenantId, ticketId });
    const plan = clocks && planAutoClose(clocks);
    if (!clocks || !plan) return undefined;
    if (plan.at > (await lookAtClock(ctx, sqlOf(tx))).getTime()) return new Date(plan.at);
    // Whoever judged the ticket has set the timer; what rules made of the ticket is their doing to its end.
    const cause = await findCauseOfStatus(tx, locked.ticket);
    const closing = cause ? { ...ctx, cause } : ctx;
    if (plan.what === "close") {
      await close(closing, tx, locked, clocks);
      return undefined;
    }
    await announce(closing, tx, locked, clocks);
    const told = await readClocks(books, tx, { tenantId, ticketId });
    const next = told && planAutoClose(told);
    return next ? new Date(next.at) : undefined;
  };
}

async function readClocks(
  books: RuleBooks,
  tx: Tx,
  key: { tenantId: string; ticketId: string },
): Promise<TicketClocks | undefined> {
  const sql = sqlOf(tx);
  const revisionsOf = await books.hold(sql, [key.tenantId]);
  const logs = await readTicketLogs(sql, [key]);
  const log = logs.get(key.ticketId);
  return log && foldTicket(log, revisionsOf(key.tenantId));
}

/** Tells the customer, if anything can be sent to them now. The log says whether it was. */
async function announce(ctx: SystemContext, tx: Tx, locked: LockedTicket, { rules, status }: TicketClocks) {
  const { ticket, conversation } = locked;
  const text = rules?.autoClose.get(status)?.notice?.text;
  if (text === undefined) return;
  const messageId = (await mayTell(ctx, tx, locked))
    ? (await appendMessageAs(ctx, tx, conversation, { text, isInternal: false, ticketId: ticket.id }, SYSTEM_AUTHOR)).id
    : undefined;
  await publishEvents(ctx, tx, [
    {
      ...subjectsOf(ticket),
      actorType: "SYSTEM",
      type: "TICKET_CLOSE_ANNOUNCED",
      ...(messageId === undefined ? { data: { isTold: false } } : { messageId }),
    },
  ]);
}

async function mayTell(ctx: SystemContext, tx: Tx, { ticket, conversation }: LockedTicket): Promise<boolean> {
  const { tenantId, inboxId, contactId, channel } = ticket;
  if (!isWithinWindow(conversation, channel, ctx.clock.now())) return false;
  const inbox = await tx.inbox.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: inboxId } },
    select: { status: true },
  });
  return inbox.status === "ACTIVE" && (await findObstacle(ctx, tx, { tenantId, contactId })) === undefined;
}

async function close(ctx: SystemContext, tx: Tx, locked: LockedTicket, { rules, status }: TicketClocks): Promise<void> {
  const rule = rules?.autoClose.get(status);
  if (!rule) return;
  const by = asSystem("nobody_wrote");
  await applyTicketChange(ctx, tx, locked, { status: rule.closesAs }, by);
  await publishEvents(ctx, tx, [
    { ...subjectsOf(locked.ticket), ...by.actor, type: "TICKET_AUTO_CLOSED", data: { because: by.because } },
  ]);
}
