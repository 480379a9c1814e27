import { statement, type MessageStatus, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import { applyUpdates, releaseHeld } from "../message-updates/index.ts";
import { pauseInboxes, wakeNextAfterCommit, type InboxFault } from "../outbound-queue/index.ts";
import type { ClaimedMessage } from "./claim-messages.ts";
import type { Settlement } from "./settle.ts";

export interface SettledClaim {
  claim: ClaimedMessage;
  settlement: Settlement;
}

// outbound_attempt_tenant_id_message_id_number_key. A status of the provider may have settled it before us.
const FINISH_ATTEMPTS = statement(
  "outbound_finish_attempts",
  `update outbound_attempt o
      set state = case when o.state in ('REQUESTED', 'UNKNOWN') then s.state else o.state end,
          external_id = coalesce(o.external_id, s.external_id), http_status = s.http_status,
          error = coalesce(s.error, o.error), finished_at = $8
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::attempt_state[], $5::text[], $6::int[], $7::jsonb[])
          as s (tenant_id, message_id, number, state, external_id, http_status, error)
    where o.tenant_id = s.tenant_id and o.message_id = s.message_id and o.number = s.number`,
);

const LOCK_MESSAGES = statement<{ messageId: string; status: MessageStatus }>(
  "outbound_lock_messages",
  `select m.id as "messageId", m.status from message m join unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id) using (tenant_id, id)
    order by m.id for no key update of m`,
);

// A message that a status has advanced meanwhile stays where it is, and so does one of which a later attempt is under
// way; only that it was accepted counts in any case.
const FINISH_MESSAGES = statement<{ messageId: string; status: MessageStatus }>(
  "outbound_finish_messages",
  `update message m
      set status = case when m.status in ('SENDING', 'UNKNOWN') then s.status else greatest(m.status, s.status) end,
          external_id = coalesce(m.external_id, s.external_id),
          error = case when m.status in ('SENDING', 'UNKNOWN') then s.error else m.error end,
          sent_at = case when s.status = 'SENT' then coalesce(m.sent_at, $9) else m.sent_at end,
          failures = m.failures + s.failures, slow_downs = m.slow_downs + s.slow_downs,
          next_attempt_at = s.next_attempt_at, updated_at = $9
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::message_status[], $5::text[], $6::jsonb[], $7::int[],
                 $8::timestamptz[], $10::int[])
          as s (tenant_id, id, number, status, external_id, error, failures, next_attempt_at, slow_downs)
    where m.tenant_id = s.tenant_id and m.id = s.id and (m.attempts = s.number or s.status = 'SENT')
   returning m.id as "messageId", m.status`,
);

/**
 * Records how attempts ended, together: messages, attempts, events, statuses that had arrived before the answer, and
 * the wake-up of what waited behind. Returns the status in which each message is
 * now; none for an attempt that a later one has replaced.
 */
export async function recordSettlements(
  ctx: SystemContext,
  settled: readonly SettledClaim[],
): Promise<(MessageStatus | undefined)[]> {
  return ctx.database.system.transaction(async (sql) => {
    const at = ctx.clock.now();
    const claims = settled.map(({ claim }) => claim);
    const tenantIds = claims.map((claim) => claim.tenantId);
    const messageIds = claims.map((claim) => claim.messageId);
    const errors = settled.map(({ settlement }) => (settlement.error ? JSON.stringify(settlement.error) : null));
    const externalIds = settled.map(({ settlement }) => settlement.externalId ?? null);

    const before = await sql.rows(LOCK_MESSAGES, [tenantIds, messageIds]);
    await sql.run(FINISH_ATTEMPTS, [
      tenantIds,
      messageIds,
      claims.map((claim) => claim.attempt),
      settled.map(({ settlement }) => settlement.attemptState),
      externalIds,
      settled.map(({ settlement }) => settlement.httpStatus ?? null),
      errors,
      at,
    ]);
    const after = await sql.rows(FINISH_MESSAGES, [
      tenantIds,
      messageIds,
      claims.map((claim) => claim.attempt),
      settled.map(({ settlement }) => settlement.messageStatus),
      externalIds,
      errors,
      settled.map(({ settlement }) => (settlement.isFailure ? 1 : 0)),
      settled.map(({ settlement }) => nextAttemptAt(settlement, at)),
      at,
      settled.map(({ settlement }) => (settlement.isSlowDown ? 1 : 0)),
    ]);
    const statusBefore = new Map(before.map((row) => [row.messageId, row.status]));
    const statusAfter = new Map(after.map((row) => [row.messageId, row.status]));
    // The log tells only what this has changed: a status of the provider may have said more, and first.
    const changed = settled.filter(({ claim, settlement }) => {
      const status = statusAfter.get(claim.messageId);
      return status === settlement.messageStatus && status !== statusBefore.get(claim.messageId);
    });

    const events = changed.flatMap(eventOf);
    events.push(...(await pauseInboxes(sql, faultsOf(settled), at)), ...(await applyHeld(ctx, sql, settled)));
    await publishEventsSql(ctx, sql, events);
    wakeNextAfterCommit(
      ctx,
      sql,
      settled.filter(({ settlement }) => settlement.messageStatus !== "QUEUED").map(({ claim }) => claim),
    );
    return messageIds.map((id) => statusAfter.get(id));
  });
}

function nextAttemptAt(settlement: Settlement, at: Date): Date | null {
  if (settlement.retryAfterMs === undefined) return null;
  return new Date(at.getTime() + settlement.retryAfterMs);
}

function applyHeld(ctx: SystemContext, sql: Sql, settled: readonly SettledClaim[]): Promise<NewEvent[]> {
  const known = settled.flatMap(({ claim, settlement }) =>
    settlement.externalId === undefined
      ? []
      : [{ tenantId: claim.tenantId, inboxId: claim.inboxId, externalId: settlement.externalId }],
  );
  return releaseHeld(sql, known).then((updates) => applyUpdates(ctx, sql, updates));
}

function faultsOf(settled: readonly SettledClaim[]): InboxFault[] {
  return settled
    .filter(({ settlement }) => settlement.pausesInbox)
    .map(({ claim: { tenantId, inboxId }, settlement: { error } }) => ({ tenantId, inboxId, error }));
}

/** Being queued again is no event: the attempts tell. */
function eventOf({ claim, settlement }: SettledClaim): NewEvent[] {
  const subjects = {
    tenantId: claim.tenantId,
    contactId: claim.contactId,
    conversationId: claim.conversationId,
    ticketId: claim.ticketId,
    messageId: claim.messageId,
  };
  if (settlement.messageStatus === "QUEUED") return [];
  if (settlement.messageStatus === "SENT") {
    const actor =
      claim.senderId === null
        ? { actorType: "SYSTEM" as const }
        : { actorType: "AGENT" as const, actorId: claim.senderId };
    return [{ ...subjects, ...actor, type: "MESSAGE_SENT", data: { attempt: claim.attempt } }];
  }
  return [
    {
      ...subjects,
      type: "MESSAGE_STATUS_CHANGED",
      actorType: "SYSTEM",
      data: { status: settlement.messageStatus.toLowerCase(), errorCode: settlement.error?.code },
    },
  ];
}
