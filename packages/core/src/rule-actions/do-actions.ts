import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import type { LockedConversation } from "../conversations/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { appendMessageAs, type MessageAuthor } from "../messages/index.ts";
import { textOf } from "../ticket-actions/index.ts";
import type { TemplateValues } from "../text-templates/index.ts";
import {
  applyTicketChange,
  putAside,
  type LockedTicket,
  type TicketChange,
  type TicketChanger,
  type TicketRow,
} from "../tickets/index.ts";
import { refuseAction } from "./refuse-action.ts";
import { isOwnAction, type RuleAction } from "./rule-action.ts";
import { ruleFieldsAfter } from "./rule-fields-after.ts";

/** An action with its place among those of its rule, counted from 0. */
export interface ActionStep {
  position: number;
  action: RuleAction;
}

/** What an action did, as it is kept. */
export interface ActionReceipt {
  position: number;
  type: RuleAction["type"];
  /** Ids, and what was before and after; nothing that people wrote. */
  effect: Record<string, unknown>;
}

/** On whose behalf actions are done, and with what. */
export interface Doing {
  by: TicketChanger;
  author: MessageAuthor;
  /** Where messages are written, if not in the ticket's own conversation; its lock is the caller's as well. */
  conversation?: LockedConversation | undefined;
  /** For the templates of notes and replies; null where no action has one (`hasTemplate`). */
  values: TemplateValues | null;
  /** The text of `send_reply`, where it is not its own template that is sent. */
  reply?: string | undefined;
}

const MINUTE_MS = 60_000;

/**
 * Does actions to a ticket whose locks the caller holds: messages first, with the values as they were, then all fields as
 * one change, then what puts it aside. Nothing for `draft_reply`, which is whoever's who makes drafts. What refuses an
 * action refuses all; the message says which one it was.
 */
export async function doActions(
  ctx: SystemContext,
  tx: Tx,
  locked: LockedTicket,
  steps: readonly ActionStep[],
  doing: Doing,
): Promise<ActionReceipt[]> {
  const receipts = new Map<number, Record<string, unknown>>();
  for (const step of steps) {
    const written = await refuseAction(step, () => writeMessage(ctx, tx, locked, step.action, doing));
    if (written) receipts.set(step.position, written);
  }
  const { ticket } = locked;
  let change: TicketChange = {};
  for (const step of steps) {
    change = { ...change, ...(await refuseAction(step, () => ruleFieldsAfter(tx, ticket, change, step.action))) };
  }
  const after = await refuseAction(culprit(steps), () => applyTicketChange(ctx, tx, locked, change, doing.by));
  for (const { position, action } of steps) {
    const changed = effectOf(action, ticket, after);
    if (changed) receipts.set(position, { ...receipts.get(position), ...changed });
  }
  for (const step of steps) {
    const { action } = step;
    if (action.type !== "snooze") continue;
    const until = new Date(ctx.clock.now().getTime() + action.minutes * MINUTE_MS);
    await refuseAction(step, () => putAside(ctx, tx, after, until, doing.by));
    receipts.set(step.position, { until: until.toISOString() });
  }
  return steps.flatMap(({ position, action: { type } }) => {
    const effect = receipts.get(position);
    return effect ? [{ position, type, effect }] : [];
  });
}

/** What an action writes, if it writes anything: a note for colleagues, or a reply. */
async function writeMessage(
  ctx: SystemContext,
  tx: Tx,
  { ticket, conversation }: LockedTicket,
  action: RuleAction,
  { author, values, reply, conversation: place = conversation }: Doing,
): Promise<Record<string, unknown> | undefined> {
  const writing = writingOf(action, reply);
  if (!writing) return undefined;
  const { isInternal } = writing;
  const text = "template" in writing ? rendered(writing.template, values, isInternal) : writing.text;
  const isAnswer = author.answers && !(action.type === "send_reply" && action.acknowledges === true);
  const by = { ...author, answers: isAnswer };
  const { id } = await appendMessageAs(ctx, tx, place, { text, isInternal, ticketId: ticket.id }, by);
  return { messageId: id };
}

function rendered(template: string, values: TemplateValues | null, isInternal: boolean): string {
  if (!values) throw new Error("templates need values");
  return textOf(template, values, { isInternal });
}

type Writing = { isInternal: boolean } & ({ template: string } | { text: string });

function writingOf(action: RuleAction, reply: string | undefined): Writing | undefined {
  if (action.type === "add_note") return { template: action.text, isInternal: true };
  if (!isOwnAction(action)) return undefined;
  switch (action.type) {
    case "escalate":
      return action.note === undefined ? undefined : { template: action.note, isInternal: true };
    case "request_more_info":
      return reply === undefined ? { template: action.text, isInternal: false } : { text: reply, isInternal: false };
    case "send_reply": {
      if (reply !== undefined) return { text: reply, isInternal: false };
      if (action.text === undefined) throw new DomainError("conflict", "There is nothing to answer with.");
      return { template: action.text, isInternal: false };
    }
    case "draft_reply":
      return undefined;
  }
}

/** What of the change that was made is an action's own. */
function effectOf(action: RuleAction, before: TicketRow, after: TicketRow): Record<string, unknown> | undefined {
  switch (action.type) {
    case "set_status":
    case "request_more_info":
      return { from: toJsonEnum(before.status), to: toJsonEnum(after.status) };
    case "escalate":
      return { from: toJsonEnum(before.status), to: toJsonEnum(after.status), teamId: after.teamId };
    case "set_priority":
      return { from: toJsonEnum(before.priority), to: toJsonEnum(after.priority) };
    case "set_category":
      return { from: before.category, to: after.category };
    case "add_tags":
    case "remove_tags":
      return { from: before.tags, to: after.tags };
    case "assign_user":
      return { from: before.assigneeId, to: after.assigneeId };
    case "assign_team":
      return { from: before.teamId, to: after.teamId };
    case "set_attribute":
      return { key: action.key, to: action.value };
    case "snooze":
    case "add_note":
    case "send_reply":
    case "draft_reply":
      return undefined;
  }
}

/** Whose doing it is when the whole change is refused: mostly a status that cannot be. */
function culprit(steps: readonly ActionStep[]): ActionStep | undefined {
  const setsStatus: ReadonlySet<string> = new Set(["set_status", "request_more_info", "escalate"]);
  return steps.find(({ action }) => setsStatus.has(action.type)) ?? steps[0];
}
