import type { StatusPart } from "@parley/channels";
import { statement, type AttemptState, type Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";
import type { SettledMessage } from "../outbound-queue/index.ts";
import { stepsForward } from "./status-order.ts";
import type { TargetMessage } from "./update.ts";

const ADVANCE = statement(
  "message_advance",
  `update message m
      set status = a.status, external_id = coalesce(m.external_id, a.external_id), sent_at = coalesce(m.sent_at, a.sent_at),
          error = a.error, updated_at = $7
     from unnest($1::uuid[], $2::uuid[], $3::message_status[], $4::text[], $5::timestamptz[], $6::jsonb[])
          as a (tenant_id, id, status, external_id, sent_at, error)
    where m.tenant_id = a.tenant_id and m.id = a.id`,
);

// outbound_attempt_tenant_id_message_id_number_key
const SETTLE_ATTEMPTS = statement(
  "attempt_settle_by_status",
  `update outbound_attempt o
      set state = s.state, external_id = coalesce(o.external_id, s.external_id), error = s.error, finished_at = $7
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::attempt_state[], $5::text[], $6::jsonb[])
          as s (tenant_id, message_id, number, state, external_id, error)
    where o.tenant_id = s.tenant_id and o.message_id = s.message_id and o.number = s.number
      and o.state in ('REQUESTED', 'UNKNOWN')`,
);

export interface AppliedStatuses {
  events: NewEvent[];
  /** Messages that were under way and are no longer. */
  settled: SettledMessage[];
}

/** Advances messages by what their provider says of them; never backwards, in whatever order it came. */
export async function applyStatuses(
  sql: Sql,
  arrived: readonly { target: TargetMessage; part: StatusPart }[],
  at: Date,
): Promise<AppliedStatuses> {
  const ofOurs = arrived.filter(
    ({ target, part }) => target.direction === "OUTBOUND" && !isOfEarlierAttempt(target, part),
  );
  const advances = [...Map.groupBy(ofOurs, ({ target }) => target)].flatMap(([target, list]) => {
    const parts = list.map(({ part }) => part);
    const steps = stepsForward(
      target.status,
      parts.map((part) => part.status),
    );
    const status = steps.at(-1);
    return status === undefined ? [] : [{ target, parts, steps, status }];
  });
  if (advances.length > 0) {
    await sql.run(ADVANCE, [
      advances.map(({ target }) => target.tenantId),
      advances.map(({ target }) => target.id),
      advances.map(({ status }) => status),
      advances.map(({ parts }) => parts[0]?.externalId ?? null),
      advances.map(({ parts }) => earliestSent(parts)),
      advances.map(({ parts, status }) => (status === "FAILED" ? errorOf(parts) : null)),
      at,
    ]);
  }
  await settleAttempts(sql, arrived, at);
  return {
    events: advances.flatMap(({ target, parts, steps }) => steps.map((step) => statusEvent(target, step, parts))),
    settled: advances
      .filter(({ target }) => target.status === "SENDING" || target.status === "QUEUED")
      .map(({ target }) => ({
        tenantId: target.tenantId,
        conversationId: target.conversationId,
        messageId: target.id,
      })),
  };
}

/** The failure of an attempt that was already followed by another says nothing about the message as it is now. */
function isOfEarlierAttempt(target: TargetMessage, part: StatusPart): boolean {
  return part.status === "FAILED" && part.reference !== undefined && part.reference.attempt < target.attempts;
}

async function settleAttempts(
  sql: Sql,
  arrived: readonly { target: TargetMessage; part: StatusPart }[],
  at: Date,
): Promise<void> {
  // One row an attempt, so that the update has one source for each: any proof of acceptance outweighs a failure.
  const outcomes = new Map<string, { target: TargetMessage; part: StatusPart; number: number }>();
  for (const { target, part } of arrived) {
    if (part.reference?.messageId !== target.id) continue;
    const key = `${target.id}:${part.reference.attempt}`;
    if (!outcomes.has(key) || part.status !== "FAILED")
      outcomes.set(key, { target, part, number: part.reference.attempt });
  }
  const rows = [...outcomes.values()];
  if (rows.length === 0) return;
  await sql.run(SETTLE_ATTEMPTS, [
    rows.map(({ target }) => target.tenantId),
    rows.map(({ target }) => target.id),
    rows.map(({ number }) => number),
    rows.map(({ part }): AttemptState => (part.status === "FAILED" ? "REFUSED" : "ACCEPTED")),
    rows.map(({ part }) => part.externalId),
    rows.map(({ part }) => (part.error ? JSON.stringify(part.error) : null)),
    at,
  ]);
}

function earliestSent(parts: readonly StatusPart[]): Date | null {
  const times = parts.filter((part) => part.status !== "FAILED").map((part) => part.occurredAt.getTime());
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

function errorOf(parts: readonly StatusPart[]): string | null {
  const error = parts.find((part) => part.error)?.error;
  return error ? JSON.stringify(error) : null;
}

function statusEvent(target: TargetMessage, status: string, parts: readonly StatusPart[]): NewEvent {
  const part = parts.find((candidate) => candidate.status === status);
  return {
    tenantId: target.tenantId,
    type: "MESSAGE_STATUS_CHANGED",
    actorType: "SYSTEM",
    conversationId: target.conversationId,
    ticketId: target.ticketId,
    messageId: target.id,
    data: {
      status: status.toLowerCase(),
      at: part?.occurredAt.toISOString(),
      ...(part?.error ? { errorCode: part.error.code } : {}),
    },
  };
}
