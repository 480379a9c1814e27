import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { MessageUnderstanding } from "./message-understanding.ts";

export interface MessageKey {
  tenantId: string;
  messageId: string;
}

/** Numerics as the driver reads them. */
type Row = Omit<MessageUnderstanding, "sentimentScore" | "intentConfidence"> & {
  messageId: string;
  sentimentScore: string;
  intentConfidence: string;
};

// message_understanding_pkey
const READ = statement<Row>(
  "understanding_read",
  `select u.message_id as "messageId", u.language, u.sentiment, u.sentiment_score as "sentimentScore", u.intent,
          u.intent_confidence as "intentConfidence", u.urgency, u.wants_human as "wantsHuman", u.entities, u.source
     from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, message_id)
     join message_understanding u on u.tenant_id = k.tenant_id and u.message_id = k.message_id`,
);

// message_understanding_pkey. Sorted, so that two workers do not wait for each other in a circle.
const STORE = statement<{ messageId: string }>(
  "understanding_store",
  `insert into message_understanding (tenant_id, message_id, language, sentiment, sentiment_score, intent,
                                      intent_confidence, urgency, wants_human, entities, source, created_at)
   select tenant_id, message_id, language, sentiment, sentiment_score, intent, intent_confidence, urgency, wants_human,
          entities, source, $12
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::numeric[], $6::text[], $7::numeric[], $8::text[],
                 $9::boolean[], $10::jsonb[], $11::text[])
          as u (tenant_id, message_id, language, sentiment, sentiment_score, intent, intent_confidence, urgency,
                wants_human, entities, source)
    order by tenant_id, message_id
       on conflict do nothing
   returning message_id as "messageId"`,
);

/** What is stored of these messages, by their ids. */
export async function readUnderstanding(
  tx: AnyTx,
  keys: readonly MessageKey[],
): Promise<Map<string, MessageUnderstanding>> {
  if (keys.length === 0) return new Map();
  const rows = await sqlOf(tx).rows(READ, [
    keys.map(({ tenantId }) => tenantId),
    keys.map(({ messageId }) => messageId),
  ]);
  return new Map(
    rows.map(({ messageId, ...row }) => [
      messageId,
      { ...row, sentimentScore: Number(row.sentimentScore), intentConfidence: Number(row.intentConfidence) },
    ]),
  );
}

/** Stores what was understood, in one statement. Returns the messages of which nothing was stored before. */
export async function storeUnderstanding(
  tx: AnyTx,
  understood: readonly (MessageKey & { understanding: MessageUnderstanding })[],
  at: Date,
): Promise<Set<string>> {
  if (understood.length === 0) return new Set();
  const of = <T>(column: (understanding: MessageUnderstanding) => T): T[] =>
    understood.map(({ understanding }) => column(understanding));
  const rows = await sqlOf(tx).rows(STORE, [
    understood.map(({ tenantId }) => tenantId),
    understood.map(({ messageId }) => messageId),
    of(({ language }) => language),
    of(({ sentiment }) => sentiment),
    of(({ sentimentScore }) => sentimentScore),
    of(({ intent }) => intent),
    of(({ intentConfidence }) => intentConfidence),
    of(({ urgency }) => urgency),
    of(({ wantsHuman }) => wantsHuman),
    of(({ entities }) => JSON.stringify(entities)),
    of(({ source }) => source),
    at,
  ]);
  return new Set(rows.map(({ messageId }) => messageId));
}
