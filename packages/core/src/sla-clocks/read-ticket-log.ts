import { TicketPriority, TicketStatus, type ActorType, type Channel } from "@parley/db";
import { z } from "zod";
import type { Holder } from "./clock.ts";
import type { ClockEvent } from "./clock-event.ts";
import { advance, beginClocks, type TicketAtFirst, type TicketClocks } from "./fold-clocks.ts";
import type { SlaRules } from "./rules.ts";

/** An event of a ticket's log. */
export interface LoggedEvent {
  type: string;
  txid: string;
  actorType: ActorType;
  actorId: string | null;
  messageId: string | null;
  data: unknown;
  createdAt: Date;
}

/** A ticket as it is now. */
export interface LoggedTicket {
  inboxId: string;
  channel: Channel;
  status: TicketStatus;
  priority: TicketPriority;
  tags: readonly string[];
  assigneeId: string | null;
  teamId: string | null;
  createdAt: Date;
}

/** Which tags a transaction gave a ticket. */
export interface TagChange {
  txid: string;
  tagsBefore: readonly string[];
  tags: readonly string[];
}

/** Everything that its clocks follow from. */
export interface TicketLog {
  ticket: LoggedTicket;
  /** In the order of their `seq`. */
  events: readonly LoggedEvent[];
  /** In the order of their transactions. */
  tagChanges: readonly TagChange[];
}

/** The types of events that clocks follow. */
export const CLOCK_EVENT_TYPES = [
  "TICKET_OPENED",
  "TICKET_MERGED",
  "TICKET_CLOSE_ANNOUNCED",
  "TICKET_CHANGED",
  "STATUS_CHANGED",
  "PRIORITY_CHANGED",
  "ASSIGNMENT_CHANGED",
  "MESSAGE_RECEIVED",
  "MESSAGE_QUEUED",
  "MESSAGE_SENT",
  "MESSAGE_CANCELLED",
] as const;

const loggedStatus = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(TicketStatus));
const loggedPriority = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(TicketPriority));
const holder = z.object({ userId: z.string().nullable().default(null), teamId: z.string().nullable().default(null) });

const moved = z.object({ from: loggedStatus, to: loggedStatus, because: z.string().optional() });
const prioritized = z.object({ from: loggedPriority, to: loggedPriority });
const assigned = z.object({ from: holder, to: holder });
const openedWith = z.object({ to: holder.optional() });
const changed = z.object({ changed: z.array(z.string()).default([]) });
const written = z.object({
  type: z.string().optional(),
  isWork: z.boolean().optional(),
  isAnswer: z.boolean().optional(),
});
const merged = z.object({ waits: z.boolean().optional() });

/** A ticket's clocks, by its log and by the revisions of the rules, the oldest first. */
export function foldTicket(log: TicketLog, revisions: readonly SlaRules[]): TicketClocks {
  const events = clockEventsOf(log);
  const openedAt = events[0]?.at ?? 0;
  const rules = revisions.findLast(({ effectiveAt }) => effectiveAt < openedAt) ?? null;
  const later = revisions.filter(({ effectiveAt }) => effectiveAt >= openedAt);
  return withRevisions(events, later).reduce(advance, beginClocks(atFirst(log), rules));
}

/** A revision comes after whatever happens in the same millisecond: that may have been judged without it. */
function withRevisions(events: readonly ClockEvent[], revisions: readonly SlaRules[]): ClockEvent[] {
  const changes = revisions.map((rules): ClockEvent => ({ kind: "rules", at: rules.effectiveAt, rules }));
  // Sorting is stable, so events of one time keep their order.
  return [...events, ...changes].toSorted((first, second) => first.at - second.at);
}

/** What happened, in the order of the log. Times never go back: a server's clock that was put back stands still. */
export function clockEventsOf({ ticket, events, tagChanges }: TicketLog): ClockEvent[] {
  const cancelled = new Set(events.flatMap(({ type, messageId }) => (type === "MESSAGE_CANCELLED" ? [messageId] : [])));
  const tagsOf = new Map(tagChanges.map(({ txid, tags }) => [txid, tags]));
  const happened = events.flatMap((event): ClockEvent[] => {
    // Nobody will ever see it.
    const isTakenBack = event.type === "MESSAGE_QUEUED" && cancelled.has(event.messageId);
    return isTakenBack ? [] : readEvent(event, tagsOf);
  });
  if (!happened.some(({ kind }) => kind === "opened")) {
    happened.unshift({ kind: "opened", at: Math.min(ticket.createdAt.getTime(), happened[0]?.at ?? Infinity) });
  }
  let last = -Infinity;
  return happened.map((event) => {
    last = Math.max(last, event.at);
    return { ...event, at: last };
  });
}

function readEvent(event: LoggedEvent, tagsOf: ReadonlyMap<string, readonly string[]>): ClockEvent[] {
  const { type, actorType, actorId, txid, data } = event;
  const at = event.createdAt.getTime();
  switch (type) {
    case "TICKET_OPENED":
      return [{ kind: "opened", at }];
    case "TICKET_MERGED":
      return merged.parse(data).waits ? [{ kind: "customer_wrote", at }] : [];
    case "MESSAGE_RECEIVED":
      return written.parse(data).isWork === false ? [] : [{ kind: "customer_wrote", at }];
    case "MESSAGE_QUEUED": {
      if (written.parse(data).isAnswer === false) return [];
      return [{ kind: "answered", at, isAuto: actorType === "AI", userId: actorType === "AGENT" ? actorId : null }];
    }
    case "MESSAGE_SENT": {
      // Only what was written in the channel's own app has a type here; all others were queued before.
      const { type: messageType } = written.parse(data);
      const isAnswer = messageType !== undefined && messageType !== "reaction";
      return isAnswer ? [{ kind: "answered", at, isAuto: false, userId: actorId }] : [];
    }
    case "STATUS_CHANGED": {
      const { to, because } = moved.parse(data);
      return [{ kind: "status", at, status: to, isMerge: because === "merged" }];
    }
    case "PRIORITY_CHANGED":
      return [{ kind: "priority", at, priority: prioritized.parse(data).to }];
    case "ASSIGNMENT_CHANGED":
      return [{ kind: "holder", at, holder: assigned.parse(data).to }];
    case "TICKET_CLOSE_ANNOUNCED":
      return [{ kind: "announced", at }];
    case "TICKET_CHANGED": {
      const tags = tagsOf.get(txid);
      return tags && changed.parse(data).changed.includes("tags") ? [{ kind: "tags", at, tags }] : [];
    }
    default:
      return [];
  }
}

/** What the ticket was before all that its log tells: what the first change of each says that it was, or what it is. */
export function atFirst({ ticket, events, tagChanges }: TicketLog): TicketAtFirst {
  const dataOf = (type: string): unknown => events.find((event) => event.type === type)?.data;
  const [status, priority] = [dataOf("STATUS_CHANGED"), dataOf("PRIORITY_CHANGED")];
  return {
    inboxId: ticket.inboxId,
    channel: ticket.channel,
    status: status === undefined ? ticket.status : moved.parse(status).from,
    priority: priority === undefined ? ticket.priority : prioritized.parse(priority).from,
    tags: tagChanges[0]?.tagsBefore ?? ticket.tags,
    holder: holderAtFirst(ticket, dataOf("TICKET_OPENED"), dataOf("ASSIGNMENT_CHANGED")),
  };
}

function holderAtFirst(ticket: LoggedTicket, opened: unknown, reassigned: unknown): Holder {
  if (opened !== undefined) return openedWith.parse(opened).to ?? { userId: null, teamId: null };
  if (reassigned !== undefined) return assigned.parse(reassigned).from;
  return { userId: ticket.assigneeId, teamId: ticket.teamId };
}
