import { statement, type Sql } from "@parley/db";
import type { Keyring } from "@parley/runtime";
import { needlesOf, openTraces, type Needles } from "../person-traces/index.ts";
import type { LockedErasure } from "./erasure-row.ts";

/** Whom an erasure is about, by everything that may name them. Read once a run. */
export interface ErasedPerson {
  /** As providers write them: with and without the sign in front. */
  identifiers: ReadonlySet<string>;
  needles: Needles;
  /** What providers call their messages, and what we call them towards providers. */
  messageIds: ReadonlySet<string>;
  /** Of the contact, their conversations and tickets. */
  ownIds: ReadonlySet<string>;
  /** Of the contact, and of those that became a part of it. */
  contactIds: ReadonlySet<string>;
}

// conversation_tenant_id_contact_id_idx, message_tenant_id_conversation_id_occurred_at_id_idx
const READ_MESSAGE_IDS = statement<{ id: string; externalId: string | null }>(
  "erasure_message_ids",
  `select m.id, m.external_id as "externalId"
     from conversation c join message m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
    where c.tenant_id = $1 and c.contact_id = $2`,
);
// conversation_tenant_id_contact_id_idx, ticket_tenant_id_contact_id_created_at_idx
const READ_OWN_IDS = statement<{ id: string }>(
  "erasure_own_ids",
  `select id from conversation where tenant_id = $1 and contact_id = $2
   union all
   select id from ticket where tenant_id = $1 and contact_id = $2`,
);

// contact_merge_tenant_id_target_id_idx
const READ_CONTACT_IDS = statement<{ id: string }>(
  "erasure_contact_ids",
  `with recursive part (id) as (
     select $2::uuid
     union
     select m.source_id from part p
       join contact_merge m on m.tenant_id = $1 and m.target_id = p.id and m.undone_at is null
   )
   select id from part`,
);

export async function readErasedPerson(sql: Sql, keyring: Keyring, erasure: LockedErasure): Promise<ErasedPerson> {
  const { tenantId, contactId, id: erasureId, sealedTraces } = erasure;
  if (sealedTraces === null) throw new Error("an erasure that is under way has lost its traces");
  const traces = openTraces(keyring, { tenantId, erasureId }, sealedTraces);
  const messages = await sql.rows(READ_MESSAGE_IDS, [tenantId, contactId]);
  const own = await sql.rows(READ_OWN_IDS, [tenantId, contactId]);
  const parts = await sql.rows(READ_CONTACT_IDS, [tenantId, contactId]);
  return {
    identifiers: new Set(traces.identifiers.flatMap((value) => [value, value.replace(/^\+/, "")])),
    needles: needlesOf(traces),
    messageIds: new Set(messages.flatMap(({ id, externalId }) => (externalId === null ? [id] : [id, externalId]))),
    ownIds: new Set([contactId, ...own.map(({ id }) => id)]),
    contactIds: new Set(parts.map(({ id }) => id)),
  };
}
