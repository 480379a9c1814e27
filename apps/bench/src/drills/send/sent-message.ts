import type { AcceptedMessage, Ledger, StatusRecord } from "@parley/simulator";
import type { Reader } from "../harness/reader.ts";

interface StoredAttempt {
  number: number;
  state: string;
  externalId: string | null;
  errorCode: string | null;
}

/** A message of ours as the database has it. */
export interface StoredReply {
  id: string;
  conversationId: string;
  status: string;
  text: string | null;
  externalId: string | null;
  errorCode: string | null;
  attemptCount: number;
  attempts: StoredAttempt[];
  queuedEvents: number;
  sentEvents: number;
}

/** In the order of their conversations. */
const READ_REPLIES = `
  select m.id, m.conversation_id as "conversationId", m.status, m.content ->> 'text' as text,
         m.external_id as "externalId", m.error ->> 'code' as "errorCode", m.attempts as "attemptCount",
         coalesce((select jsonb_agg(jsonb_build_object('number', o.number, 'state', o.state, 'externalId', o.external_id,
                                                       'errorCode', o.error ->> 'code') order by o.number)
                     from outbound_attempt o where o.tenant_id = m.tenant_id and o.message_id = m.id), '[]') as attempts,
         (select count(*)::int from event e
           where e.tenant_id = m.tenant_id and e.message_id = m.id and e.type = 'MESSAGE_QUEUED') as "queuedEvents",
         (select count(*)::int from event e
           where e.tenant_id = m.tenant_id and e.message_id = m.id and e.type = 'MESSAGE_SENT') as "sentEvents"
    from message m
   where m.direction = 'OUTBOUND'
   order by m.conversation_id, m.occurred_at, m.id`;

/** What the simulator knows of a message: how often it took it, and which of its statuses arrived here. */
export interface ProviderView {
  accepted: AcceptedMessage[];
  arrived: StatusRecord[];
}

export interface SentMessage {
  stored: StoredReply;
  provider: ProviderView;
}

/** The database's messages beside what the simulator's ledger says of each. */
export async function readSentMessages(reader: Reader, ledger: Ledger): Promise<SentMessage[]> {
  const acceptedOf = Map.groupBy(ledger.accepted, (message) => messageIdOf(message.opaque));
  const statusesOf = Map.groupBy(
    ledger.statuses.filter((status) => status.acknowledged && !status.dropped),
    (status) => messageIdOf(status.opaque),
  );
  const stored = await reader.rows<StoredReply>(READ_REPLIES);
  return stored.map((message) => ({
    stored: message,
    provider: { accepted: acceptedOf.get(message.id) ?? [], arrived: statusesOf.get(message.id) ?? [] },
  }));
}

/** Our reference is `messageId:attempt`. */
export function messageIdOf(opaque: string | null): string {
  return opaque?.split(":")[0] ?? "";
}
