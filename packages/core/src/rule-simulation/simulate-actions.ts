import { isDeepStrictEqual } from "node:util";
import type { TicketStatus, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import { ruleFieldsAfter, STATUS_AFTER, type RuleAction } from "../rule-actions/index.ts";
import type { TemplateValues } from "../text-templates/index.ts";
import { textOf } from "../ticket-actions/index.ts";
import {
  assertNotMerged,
  effectOfMove,
  findTicketInWork,
  isUnfinished,
  type TicketChange,
  type TicketRow,
} from "../tickets/index.ts";
import type { SimulatedActionJson } from "./simulation-schemas.ts";

const MINUTE_MS = 60_000;

/**
 * What actions would do to a ticket as it is now, one after the other, and why one could not. It only reads: locks that the
 * actions themselves take are not taken, so what happens meanwhile may change the outcome.
 */
export async function simulateActions(
  tx: Tx,
  ticket: TicketRow,
  actions: readonly RuleAction[],
  { values, now }: { values: TemplateValues; now: Date },
): Promise<SimulatedActionJson[]> {
  const simulated: SimulatedActionJson[] = [];
  const status = actions.map(statusSetBy).find((set) => set !== undefined) ?? ticket.status;
  let before: TicketChange = {};
  for (const action of actions) {
    const would = { type: action.type, changes: [], text: null, refusedBecause: null };
    try {
      const text = writtenBy(action, values);
      const change = await ruleFieldsAfter(tx, ticket, before, action);
      // It is put aside when all the rest is done.
      const changes = [...changesIn({ ...ticket, ...before }, change), ...putAsideBy(ticket, action, { now, status })];
      if (changes.length > 0) assertNotMerged(ticket);
      await assertPossible(tx, ticket, change);
      before = { ...before, ...change };
      simulated.push({ ...would, changes, text });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const [field] = error.fields;
      simulated.push({ ...would, refusedBecause: field ? `${field.path} ${field.message}.` : error.message });
    }
  }
  return simulated;
}

function writtenBy(action: RuleAction, values: TemplateValues): string | null {
  const isInternal = action.type === "add_note" || action.type === "escalate";
  const template = action.type === "escalate" ? action.note : "text" in action ? action.text : undefined;
  return template === undefined ? null : textOf(template, values, { isInternal });
}

function statusSetBy(action: RuleAction): TicketStatus | undefined {
  if (action.type === "set_status") return action.status;
  return action.type === "request_more_info" || action.type === "escalate" ? STATUS_AFTER[action.type] : undefined;
}

/** Who or what there is not, and moves that there are not. */
async function assertPossible(tx: Tx, ticket: TicketRow, { status, assigneeId, teamId }: TicketChange): Promise<void> {
  const { tenantId } = ticket;
  if (assigneeId && (await tx.membership.count({ where: { tenantId, userId: assigneeId } })) === 0) {
    throw new DomainError("conflict", "The assignee is not a member of this company.");
  }
  if (teamId && (await tx.team.count({ where: { tenantId, id: teamId } })) === 0) {
    throw new DomainError("conflict", "The team is not a team of this company.");
  }
  if (status === undefined || status === ticket.status) return;
  const effect = effectOfMove(ticket.status, status, "system");
  if (!effect) {
    const [from, to] = [toJsonEnum(ticket.status), toJsonEnum(status)];
    throw new DomainError("conflict", `A ticket that is ${from} cannot become ${to}.`);
  }
  const other = effect === "reopens" && ticket.splitFromId === null ? await findTicketInWork(tx, ticket) : null;
  if (other) throw new DomainError("conflict", `Ticket ${other.number} of the same conversation is being worked on.`);
}

const ENUMS: ReadonlySet<string> = new Set(["status", "priority"]);

function changesIn(before: TicketRow, change: TicketChange): SimulatedActionJson["changes"] {
  return Object.entries(change).flatMap(([field, to]) => {
    // Every field of a change is one of the ticket.
    const from = before[field as keyof TicketRow];
    const say = (value: unknown): unknown =>
      ENUMS.has(field) && typeof value === "string" ? toJsonEnum(value) : (value ?? null);
    return isDeepStrictEqual(from, to) ? [] : [{ field, from: say(from), to: say(to) }];
  });
}

function putAsideBy(
  ticket: TicketRow,
  action: RuleAction,
  { now, status }: { now: Date; status: TicketStatus },
): SimulatedActionJson["changes"] {
  if (action.type !== "snooze") return [];
  if (!isUnfinished(status))
    throw new DomainError("conflict", "Only a ticket that is being worked on can be put aside; reopen it first.");
  const until = new Date(now.getTime() + action.minutes * MINUTE_MS).toISOString();
  return [{ field: "snoozedUntil", from: ticket.snoozedUntil?.toISOString() ?? null, to: until }];
}
