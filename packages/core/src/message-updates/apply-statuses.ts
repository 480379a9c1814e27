import type { StatusPart } from "@parley/channels";
import { statement, type AttemptState, type Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";
import { pauseInboxes, type InboxFault, type SettledMessage } from "../outbound-queue/index.ts";
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

// outbound_attempt_tenant_id_message_id_number_key. What was accepted may still fail, and what is said to have failed may
// turn out to have been delivered; that it was sent proves nothing against a failure.
const SETTLE_ATTEMPTS = statement(
  "attempt_settle_by_status",
  `update outbound_attempt o
      set state = s.state, external_id = coalesce(o.external_id, s.external_id), error = s.error, finished_at = $7
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::attempt_state[], $5::text[], $6::jsonb[], $8::bool[])
          as s (tenant_id, message_id, number, state, external_id, error, is_proof)
    where o.tenant_id = s.tenant_id and o.message_id = s.message_id and o.number = s.number
      and (o.state in ('REQUESTED', 'UNKNOWN')
           or s.state = 'REFUSED' and o.state = 'ACCEPTED'
           or s.is_proof and o.state <> 'ACCEPTED')`,
);

// outbound_attempt_tenant_id_message_id_number_key
const FIND_REFUSED = statement<{ messageId: string; number: number }>(
  "attempt_find_refused",
  `select o.message_id as "messageId", o.number
     from unnest($1::uuid[], $2::uuid[], $3::int[]) as k (tenant_id, message_id, number)
     join outbound_attempt o using (tenant_id, message_id, number)
    where o.state in ('REFUSED', 'NOT_SENT')`,
);

export interface AppliedStatuses {
  events: NewEvent[];
  /** Messages that were under way and are no longer. */
  settled: SettledMessage[];
}

/** Advances messages by what their provider says of them; never backwards, in whatever order it came. */
export async function applyStatuses(sql: Sql, arrived: readonly ArrivedStatus[], at: Date): Promise<AppliedStatuses> {
  const refused = await findRefusedAttempts(sql, arrived);
  const ofOurs = arrived.filter(
    ({ target, part }) => target.direction === "OUTBOUND" && !isOutdated(target, part, refused),
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
    events: [
      ...advances.flatMap(({ target, parts, steps }) => steps.map((step) => statusEvent(target, step, parts))),
      ...(await pauseInboxes(sql, faultsOf(ofOurs), at)),
    ],
    settled: advances
      .filter(({ target }) => target.status === "SENDING" || target.status === "QUEUED")
      .map(({ target }) => ({
        tenantId: target.tenantId,
        conversationId: target.conversationId,
        messageId: target.id,
      })),
  };
}

interface ArrivedStatus {
  target: TargetMessage;
  part: StatusPart;
}

/**
 * What is told of an attempt that is over says nothing about the message as it is now: that it failed, or that it was
 * sent before it failed. That it was delivered does: nobody needs to send it again.
 */
function isOutdated(target: TargetMessage, part: StatusPart, refused: ReadonlySet<string>): boolean {
  if (!isOfEarlierAttempt(target, part)) return false;
  return part.status === "FAILED" || (part.status === "SENT" && refused.has(attemptKey(target, part)));
}

/** A queued message waits for its next attempt, so all that were made are over. */
function isOfEarlierAttempt(target: TargetMessage, { reference }: StatusPart): boolean {
  if (reference?.messageId !== target.id) return false;
  return reference.attempt < target.attempts || target.status === "QUEUED";
}

function attemptKey(target: TargetMessage, { reference }: StatusPart): string {
  return `${target.id}:${reference?.attempt}`;
}

/** Of the attempts that are over and said to have been sent, those that are known to have failed. */
async function findRefusedAttempts(sql: Sql, arrived: readonly ArrivedStatus[]): Promise<ReadonlySet<string>> {
  const doubtful = arrived.filter(({ target, part }) => part.status === "SENT" && isOfEarlierAttempt(target, part));
  if (doubtful.length === 0) return new Set();
  const rows = await sql.rows(FIND_REFUSED, [
    doubtful.map(({ target }) => target.tenantId),
    doubtful.map(({ target }) => target.id),
    doubtful.map(({ part }) => part.reference?.attempt),
  ]);
  return new Set(rows.map(({ messageId, number }) => `${messageId}:${number}`));
}

function faultsOf(arrived: readonly ArrivedStatus[]): InboxFault[] {
  return arrived
    .filter(({ part }) => part.pausesInbox)
    .map(({ target: { tenantId, inboxId }, part: { error } }) => ({ tenantId, inboxId, error }));
}

async function settleAttempts(sql: Sql, arrived: readonly ArrivedStatus[], at: Date): Promise<void> {
  // One row an attempt, so that the update has one source for each: the strongest word of those that came together.
  const outcomes = new Map<string, ArrivedStatus>();
  for (const status of arrived) {
    const { target, part } = status;
    if (part.reference?.messageId !== target.id) continue;
    if (part.status === "FAILED" && isDelivered(target.status)) continue;
    const key = attemptKey(target, part);
    const earlier = outcomes.get(key);
    if (!earlier || weightOf(part) > weightOf(earlier.part)) outcomes.set(key, status);
  }
  const rows = [...outcomes.values()];
  if (rows.length === 0) return;
  await sql.run(SETTLE_ATTEMPTS, [
    rows.map(({ target }) => target.tenantId),
    rows.map(({ target }) => target.id),
    rows.map(({ part }) => part.reference?.attempt),
    rows.map(({ part }): AttemptState => (part.status === "FAILED" ? "REFUSED" : "ACCEPTED")),
    rows.map(({ part }) => part.externalId),
    rows.map(({ part }) => (part.error ? JSON.stringify(part.error) : null)),
    at,
    rows.map(({ part }) => isDelivered(part.status)),
  ]);
}

function isDelivered(status: TargetMessage["status"]): boolean {
  return status === "DELIVERED" || status === "READ" || status === "PLAYED";
}

function weightOf({ status }: StatusPart): number {
  if (isDelivered(status)) return 3;
  return status === "FAILED" ? 2 : 1;
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
