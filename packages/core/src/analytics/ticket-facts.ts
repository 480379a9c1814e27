import type { TicketFactKind } from "@parley/db";
import { z } from "zod";
import {
  atFirst,
  CLOCK_EVENT_TYPES,
  clockEventsOf,
  type ClockEvent,
  type Holder,
  type LoggedEvent,
  type TicketLog,
} from "../sla-clocks/index.ts";

/** Something that was done about a ticket. Times are milliseconds since 1970. */
export interface TicketFact {
  kind: TicketFactKind;
  /** Counts those of a kind. */
  cycle: number;
  at: number;
  /** By day and night. */
  tookMs: number | null;
  score: number | null;
  /** To whose account it goes. */
  agentId: string | null;
  teamId: string | null;
}

/** A time in which a ticket was unfinished, and with the same people. */
export interface TicketSpan {
  cycle: number;
  beganAt: number;
  /** Null: it is so now. */
  endedAt: number | null;
  agentId: string | null;
  teamId: string | null;
}

export interface TicketRecord {
  facts: TicketFact[];
  spans: TicketSpan[];
}

/** What a ticket's record follows from. */
export const TICKET_EVENT_TYPES = [...CLOCK_EVENT_TYPES, "SURVEY_ASKED", "SURVEY_ANSWERED"] as const;

const answered = z.object({ score: z.int() });

/**
 * What reports say of one ticket: a pure function of its log. Who waits for a response, and what is one, is as SLA clocks have
 * it, but what the AI writes always is, on nobody's account. What is reopened is to be resolved once more, and counts from then.
 */
export function recordOf(log: TicketLog): TicketRecord {
  const { status, holder } = atFirst(log);
  const recorder = createRecorder(holder);
  const happened = clockEventsOf(log);
  const surveys = log.events.filter(({ type }) => type.startsWith("SURVEY_"));
  let isOpened = false;
  for (const event of happened) {
    // It has a beginning, whatever its log tells first.
    if (event.kind === "opened" && !isOpened && !isEnd(status)) recorder.open(event.at);
    isOpened ||= event.kind === "opened";
    recorder.follow(event);
  }
  const { facts, spans, holderAt } = recorder.end();
  return {
    facts: [...facts, ...surveys.map((event, index) => surveyFact(event, holderAt, surveys.slice(0, index)))],
    spans,
  };
}

function surveyFact(
  { type, data, createdAt }: LoggedEvent,
  holderAt: (at: number) => Holder,
  before: readonly LoggedEvent[],
): TicketFact {
  const at = createdAt.getTime();
  const { userId: agentId, teamId } = holderAt(at);
  const isAnswer = type === "SURVEY_ANSWERED";
  return {
    kind: isAnswer ? "SURVEY_ANSWERED" : "SURVEY_ASKED",
    cycle: before.filter((other) => other.type === type).length + 1,
    at,
    tookMs: null,
    score: isAnswer ? answered.parse(data).score : null,
    agentId,
    teamId,
  };
}

/** Goes through what happened, in its order. */
function createRecorder(first: Holder) {
  const facts: TicketFact[] = [];
  const spans: TicketSpan[] = [];
  const counts = new Map<TicketFactKind, number>();
  const holders: { since: number; holder: Holder }[] = [{ since: -Infinity, holder: first }];
  let holder = first;
  let awaitedSince: number | null = null;
  let unresolvedSince: number | null = null;
  let hasAnswer = false;

  const add = (kind: TicketFactKind, at: number, since: number | null, by: Holder): void => {
    const cycle = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, cycle);
    const { userId: agentId, teamId } = by;
    facts.push({ kind, cycle, at, tookMs: since === null ? null : at - since, score: null, agentId, teamId });
  };
  const beginSpan = (beganAt: number): void => {
    const { userId: agentId, teamId } = holder;
    spans.push({ cycle: spans.length + 1, beganAt, endedAt: null, agentId, teamId });
  };
  const endSpan = (at: number): void => {
    const span = spans.at(-1);
    if (span?.beganAt === at) spans.pop();
    else if (span) span.endedAt = at;
  };

  const move = ({ at, status, isMerge }: Extract<ClockEvent, { kind: "status" }>): void => {
    const wasUnresolved = unresolvedSince !== null;
    if (isEnd(status) === !wasUnresolved) return;
    if (isEnd(status)) {
      if (!isMerge) add("RESOLUTION", at, unresolvedSince, holder);
      endSpan(at);
      unresolvedSince = null;
      awaitedSince = null;
      return;
    }
    add("REOPENED", at, null, holder);
    unresolvedSince = at;
    beginSpan(at);
  };

  return {
    open(at: number): void {
      awaitedSince = at;
      unresolvedSince = at;
      beginSpan(at);
    },
    follow(event: ClockEvent): void {
      const { at } = event;
      if (event.kind === "opened") add("OPENED", at, null, holder);
      if (event.kind === "customer_wrote" && unresolvedSince !== null) awaitedSince ??= at;
      if (event.kind === "answered") {
        const by = { userId: event.isAuto ? null : (event.userId ?? holder.userId), teamId: holder.teamId };
        if (awaitedSince !== null) add(hasAnswer ? "NEXT_RESPONSE" : "FIRST_RESPONSE", at, awaitedSince, by);
        awaitedSince = null;
        hasAnswer = true;
      }
      if (event.kind === "status") move(event);
      if (event.kind === "holder") {
        holder = event.holder;
        holders.push({ since: at, holder });
        if (unresolvedSince !== null) {
          endSpan(at);
          beginSpan(at);
        }
      }
    },
    end() {
      return {
        facts,
        spans,
        holderAt: (at: number): Holder => holders.findLast(({ since }) => since <= at)?.holder ?? first,
      };
    },
  };
}

function isEnd(status: string): boolean {
  return status === "RESOLVED" || status === "CLOSED";
}
