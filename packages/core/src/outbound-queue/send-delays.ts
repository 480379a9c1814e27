import { statement, type Database } from "@parley/db";
import { createSendSlots, type PublishContext } from "@parley/queue";
import { jobDelayMs, sendLimits } from "./send-limits.ts";

interface SendPayload {
  tenantId: string;
  inboxId: string;
  conversationId: string;
  messageId: string;
}

interface InboxLimit {
  inboxId: string;
  messagesPerSecond: number | null;
}

/** An inbox whose limit was changed is sent to by the old one for so long; the last check knows the new one. */
const REMEMBERED_MS = 10_000;

// inbox_pkey
const READ_LIMITS = statement<InboxLimit>(
  "outbound_read_limits",
  `select i.id as "inboxId", (i.config ->> 'messagesPerSecond')::int as "messagesPerSecond"
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
     join inbox i using (tenant_id, id)`,
);

/**
 * Reserves the slots of messages whose jobs are being published. Thus a flood of one number waits as delayed jobs, of
 * which as many become due as may leave, and the worker has time for all others.
 */
export function createSendDelays({ redis, config, database }: PublishContext) {
  const slots = createSendSlots(redis, config);
  const limitOf = rememberLimits(database);

  return async (messages: readonly SendPayload[]): Promise<number[]> => {
    const limits = await limitOf(messages);
    return Promise.all(
      messages.map(async ({ inboxId, conversationId, messageId }) => {
        const slot = { account: inboxId, recipient: conversationId, message: messageId };
        return jobDelayMs(await slots.reserve(slot, sendLimits(limits.get(inboxId))));
      }),
    );
  };
}

function rememberLimits(database: Database) {
  let limits = new Map<string, number | null>();
  let forgetAt = 0;

  return async (messages: readonly SendPayload[]): Promise<ReadonlyMap<string, number | null>> => {
    if (performance.now() > forgetAt) {
      limits = new Map();
      forgetAt = performance.now() + REMEMBERED_MS;
    }
    const known = limits;
    const unknown = new Map(
      messages.filter(({ inboxId }) => !known.has(inboxId)).map(({ inboxId, tenantId }) => [inboxId, tenantId]),
    );
    if (unknown.size > 0) {
      const rows = await database.system.rows(READ_LIMITS, [[...unknown.values()], [...unknown.keys()]]);
      for (const row of rows) known.set(row.inboxId, row.messagesPerSecond);
    }
    return known;
  };
}
