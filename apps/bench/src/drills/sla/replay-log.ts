import type { Reader } from "../harness/reader.ts";

/** What must have become of a promise, by the log alone. Times are milliseconds since 1970. */
export interface Replayed {
  ticketId: string;
  tenantId: string;
  metric: string;
  cycle: number;
  startedAt: number;
  breachedAt: number | null;
  settledAt: number | null;
  state: string;
}

interface LogRow {
  ticketId: string;
  tenantId: string;
  type: string;
  data: Record<string, unknown>;
  messageId: string | null;
  at: number;
}

interface Rule {
  tenantId: string;
  at: number;
  targets: Record<string, number>;
}

interface Span {
  metric: string;
  cycle: number;
  from: number;
  to: number | null;
  isMet: boolean;
}

const FIELDS: Record<string, string> = {
  FIRST_RESPONSE: "firstResponseSeconds",
  NEXT_RESPONSE: "nextResponseSeconds",
  RESOLUTION: "resolutionSeconds",
};

/**
 * Replays every ticket's log as it stands, and the history of what was promised, once, from the beginning, without anything
 * that Parley works it out with: first who waited for what from when to when, then how long that was beside what was
 * promised at each time. Only for what the drill does: one policy a company, day and night, paused while waiting.
 */
export async function replayLog(reader: Reader, now: number): Promise<Replayed[]> {
  const rules = await reader.rows<Rule>(
    `select tenant_id as "tenantId", (extract(epoch from effective_at) * 1000)::float8 as at,
            definition->'policies'->0->'targets'->'default' as targets
       from sla_revision order by tenant_id, revision`,
  );
  const rows = await reader.rows<LogRow>(
    `select ticket_id as "ticketId", tenant_id as "tenantId", type, data, message_id as "messageId",
            (extract(epoch from created_at) * 1000)::float8 as at
       from event where ticket_id is not null order by seq`,
  );
  return [...Map.groupBy(rows, ({ ticketId }) => ticketId).values()].flatMap((log) => {
    const [first] = log;
    if (!first) return [];
    const { ticketId, tenantId } = first;
    const ofTenant = rules.filter((rule) => rule.tenantId === tenantId);
    const pauses = pausesIn(log);
    return spansIn(log).map((span) => {
      const { breachedAt, isMissed } = judge(span, pauses, ofTenant, now);
      const { metric, cycle, from: startedAt, to: settledAt, isMet } = span;
      const state = isMissed ? "BREACHED" : settledAt === null ? "OPEN" : isMet ? "MET" : "CANCELLED";
      return { ticketId, tenantId, metric, cycle, startedAt, breachedAt, settledAt, state };
    });
  });
}

/** Who waited for what: a response since the opening or a message, a resolution since the opening or the reopening. */
function spansIn(log: readonly LogRow[]): Span[] {
  const spans: Span[] = [];
  const begin = (metric: string, from: number): void => {
    const cycle = spans.filter((span) => span.metric === metric).length + 1;
    spans.push({ metric, cycle, from, to: null, isMet: false });
  };
  const end = (isOurs: (span: Span) => boolean, to: number, isMet: boolean): void => {
    for (const span of spans) if (span.to === null && isOurs(span)) Object.assign(span, { to, isMet });
  };
  const isResponse = ({ metric }: Span): boolean => metric !== "RESOLUTION";
  let wasAnswered = false;
  let isOver = false;
  for (const { type, data, at } of log) {
    if (type === "TICKET_OPENED") {
      begin("FIRST_RESPONSE", at);
      begin("RESOLUTION", at);
    } else if (type === "MESSAGE_RECEIVED" && !isOver) {
      const waits = spans.some((span) => span.to === null && isResponse(span));
      if (!waits) begin(wasAnswered ? "NEXT_RESPONSE" : "FIRST_RESPONSE", at);
    } else if (type === "MESSAGE_QUEUED") {
      end(isResponse, at, true);
      wasAnswered = true;
    } else if (type === "STATUS_CHANGED") {
      const ends = data["to"] === "resolved" || data["to"] === "closed";
      if (ends) {
        end(isResponse, at, false);
        end((span) => !isResponse(span), at, true);
      } else if (isOver) begin("RESOLUTION", at);
      isOver = ends;
    }
  }
  return spans;
}

/** From when to when the ticket waited for the customer. */
function pausesIn(log: readonly LogRow[]): { from: number; to: number }[] {
  const pauses: { from: number; to: number }[] = [];
  for (const { type, data, at } of log) {
    if (type !== "STATUS_CHANGED") continue;
    if (data["from"] === "waiting_customer") Object.assign(pauses.at(-1) ?? {}, { to: at });
    if (data["to"] === "waiting_customer") pauses.push({ from: at, to: Infinity });
  }
  return pauses;
}

/** The last instant in time for a target, counted from the beginning of the span, without pauses. */
function lastInstant(from: number, targetMs: number, pauses: readonly { from: number; to: number }[]): number {
  let due = from + targetMs;
  for (const pause of pauses) {
    if (pause.to <= from || pause.from >= due) continue;
    due += pause.to - Math.max(pause.from, from);
  }
  return due;
}

function judge(
  { metric, from, to }: Span,
  pauses: readonly { from: number; to: number }[],
  rules: readonly Rule[],
  now: number,
): { breachedAt: number | null; isMissed: boolean } {
  const end = to ?? now;
  let breachedAt: number | null = null;
  for (const [index, rule] of rules.entries()) {
    const until = Math.min(end, rules[index + 1]?.at ?? Infinity);
    const seconds = rule.targets[FIELDS[metric] ?? ""];
    if (seconds === undefined || until < from || (rule.at > end && to !== null)) continue;
    const due = lastInstant(from, seconds * 1_000, pauses);
    if (rule.at > from) breachedAt = due < rule.at ? (breachedAt ?? rule.at) : null;
    if (due < until) breachedAt ??= due;
  }
  return { breachedAt, isMissed: breachedAt !== null };
}
