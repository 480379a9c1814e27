import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { asEventActor, assertAllowed, authorize, requireUser, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import {
  addFollowers,
  asChanger,
  assertMember,
  assertVersion,
  lockTicket,
  putAside,
  subjectsOf,
  toTicketJson,
  withKnownAttributes,
  type TicketJson,
  type TicketRow,
} from "../tickets/index.ts";
import type { MacroStep } from "./actions.ts";
import { changeFields } from "./change-fields.ts";
import { readMacro } from "./macro-json.ts";
import { within } from "./refused-step.ts";
import { writeMessages, writingOf } from "./write-messages.ts";

const MINUTE_MS = 60_000;

/**
 * Does all that a macro says to a ticket, under one lock and in one transaction, or nothing. It writes its messages,
 * then changes the ticket's fields, all at once, and then puts it aside. `conflict` and `forbidden`: an action was
 * refused, and the message says which.
 */
export async function runMacro(
  ctx: RequestContext,
  input: { ticketId: string; macroId: string; expectedVersion?: number | undefined },
): Promise<TicketJson> {
  const tenantId = authorize(ctx, "tickets.change");
  const { ticketId, macroId, expectedVersion } = input;
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { actions } = await readMacro(tx, tenantId, macroId);
      const steps = actions.map((action, index): MacroStep => ({ index, action }));
      const writes = steps.some(writingOf);
      if (writes) assertAllowed(ctx.actor, "messages.send");
      const locked = await lockTicket(tx, tenantId, ticketId);
      const { ticket } = locked;
      assertVersion(await withKnownAttributes(tx, tenantId, toTicketJson(ticket)), expectedVersion);
      await publishEvents(ctx, tx, [
        { ...subjectsOf(ticket), ...asEventActor(ctx.actor), type: "MACRO_RUN", data: { macroId } },
      ]);
      if (writes) await writeMessages(ctx, tx, locked, steps);
      const changed = await changeFields(ctx, tx, locked, steps);
      for (const step of steps) await within(step, () => doBeside(ctx, tx, changed, step));
      const after = await tx.ticket.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: ticketId } } });
      return withKnownAttributes(tx, tenantId, toTicketJson(after));
    }),
  );
}

/** What is neither a message nor a field of the ticket. */
async function doBeside(ctx: RequestContext, tx: Tx, ticket: TicketRow, { action }: MacroStep): Promise<void> {
  if (action.type === "snooze") {
    const until = new Date(ctx.clock.now().getTime() + action.minutes * MINUTE_MS);
    await putAside(ctx, tx, ticket, until, asChanger(ctx.actor));
  }
  if (action.type === "follow") await follow(ctx, tx, ticket);
}

async function follow(ctx: RequestContext, tx: Tx, ticket: TicketRow): Promise<void> {
  const userId = requireUser(ctx);
  try {
    await assertMember(tx, ticket.tenantId, userId);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError("conflict", "Only members of the company follow its tickets.", { cause: error });
  }
  await addFollowers(ctx, tx, ticket, [userId], { actor: asEventActor(ctx.actor) });
}
