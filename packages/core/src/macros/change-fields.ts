import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { requireUser, type RequestContext } from "../context/index.ts";
import { fieldsAfter } from "../ticket-actions/index.ts";
import {
  applyTicketChange,
  asChanger,
  type LockedTicket,
  type TicketChange,
  type TicketRow,
} from "../tickets/index.ts";
import type { MacroAction, MacroStep } from "./actions.ts";
import { refusedStep, within } from "./refused-step.ts";

const BESIDE_FIELDS: ReadonlySet<MacroAction["type"]> = new Set(["add_note", "send_reply", "snooze", "follow"]);

/** All that a macro's actions make of a ticket's fields, as one change. */
export async function changeFields(
  ctx: RequestContext,
  tx: Tx,
  locked: LockedTicket,
  steps: readonly MacroStep[],
): Promise<TicketRow> {
  const { ticket } = locked;
  let change: TicketChange = {};
  for (const step of steps) {
    change = { ...change, ...(await within(step, () => fieldsOf(ctx, tx, ticket, change, step))) };
  }
  try {
    return await applyTicketChange(ctx, tx, locked, change, asChanger(ctx.actor));
  } catch (error) {
    const step = error instanceof DomainError ? refusedBy(error, ticket, steps) : undefined;
    throw error instanceof DomainError && step ? refusedStep(step, error) : error;
  }
}

async function fieldsOf(
  ctx: RequestContext,
  tx: Tx,
  ticket: TicketRow,
  before: TicketChange,
  { action }: MacroStep,
): Promise<TicketChange> {
  if (action.type === "follow") return {};
  if (action.type !== "assign_user") return fieldsAfter(tx, ticket, before, action);
  return { assigneeId: action.userId === "me" ? requireUser(ctx) : action.userId };
}

/** Whose doing it is that the whole change was refused. */
function refusedBy(error: DomainError, ticket: TicketRow, steps: readonly MacroStep[]): MacroStep | undefined {
  const [field] = error.fields;
  const typeOf = { assigneeId: "assign_user", teamId: "assign_team" }[field?.path ?? ""] ?? "set_status";
  return steps.find(({ action }) =>
    ticket.mergedIntoId === null ? action.type === typeOf : !BESIDE_FIELDS.has(action.type),
  );
}
