import type { EditPart, RevokePart, StatusPart } from "@parley/channels";
import { statement, type HeldUpdateKind, type Sql } from "@parley/db";
import type { MessageUpdate } from "./update.ts";

type Part = MessageUpdate["part"];

const HOLD = statement(
  "held_update_insert",
  `insert into held_update (tenant_id, inbox_id, external_id, kind, variant, payload, occurred_at)
   select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::held_update_kind[], $5::text[], $6::jsonb[], $7::timestamptz[])
    order by 1, 2, 3, 4, 5
       on conflict do nothing`,
);

interface HeldRow {
  tenantId: string;
  inboxId: string;
  payload: Record<string, unknown>;
  occurredAt: Date;
}

const HELD_COLUMNS = `h.tenant_id as "tenantId", h.inbox_id as "inboxId", h.payload, h.occurred_at as "occurredAt"`;

// held_update_pkey
const RELEASE = statement<HeldRow>(
  "held_update_release",
  `delete from held_update h
    using unnest($1::uuid[], $2::uuid[], $3::text[]) as k (tenant_id, inbox_id, external_id)
    where h.tenant_id = k.tenant_id and h.inbox_id = k.inbox_id and h.external_id = k.external_id
   returning ${HELD_COLUMNS}`,
);

/** The message that updates are held for. */
export interface HeldFor {
  tenantId: string;
  inboxId: string;
  externalId: string;
}

// held_update_created_at_idx, then message_tenant_id_inbox_id_external_id_key
const FIND_KNOWN = statement<HeldFor>(
  "held_update_find_known",
  `select tenant_id as "tenantId", inbox_id as "inboxId", external_id as "externalId"
     from held_update h join message m using (tenant_id, inbox_id, external_id)
    where h.created_at > now() - make_interval(secs => $1)
    group by tenant_id, inbox_id, external_id
    order by min(h.created_at), tenant_id, inbox_id, external_id
    limit $2 offset $3`,
);

// held_update_created_at_idx
const DELETE_OLD = statement(
  "held_update_delete_old",
  `delete from held_update
    where (tenant_id, inbox_id, external_id, kind, variant) in (
      select tenant_id, inbox_id, external_id, kind, variant
        from held_update
       where created_at < now() - make_interval(secs => $1)
       order by created_at
       limit $2
         for update skip locked
    )`,
);

/** Keeps updates until their message is known. Held twice is held once. */
export async function holdUpdates(sql: Sql, updates: readonly MessageUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  await sql.run(HOLD, [
    updates.map((update) => update.tenantId),
    updates.map((update) => update.inboxId),
    updates.map((update) => update.part.externalId),
    updates.map((update): HeldUpdateKind => KIND[update.part.kind]),
    updates.map((update) => variantOf(update.part)),
    updates.map((update) => JSON.stringify(update.part)),
    updates.map((update) => update.part.occurredAt),
  ]);
}

/** Takes out what was held for messages that have become known. */
export async function releaseHeld(sql: Sql, messages: readonly HeldFor[]): Promise<MessageUpdate[]> {
  if (messages.length === 0) return [];
  const rows = await sql.rows(RELEASE, [
    messages.map((message) => message.tenantId),
    messages.map((message) => message.inboxId),
    messages.map((message) => message.externalId),
  ]);
  return rows.map(fromRow);
}

/** Messages that are known although something was held for them within the last `heldWithinMs`; oldest first. */
export function findKnown(sql: Sql, heldWithinMs: number, page: { limit: number; offset: number }): Promise<HeldFor[]> {
  return sql.rows(FIND_KNOWN, [heldWithinMs / 1_000, page.limit, page.offset]);
}

/** Returns how many there were, at most `limit`. */
export function deleteOld(sql: Sql, olderThanMs: number, limit: number): Promise<number> {
  return sql.run(DELETE_OLD, [olderThanMs / 1_000, limit]);
}

const KIND: Record<Part["kind"], HeldUpdateKind> = { status: "STATUS", edit: "EDIT", revoke: "REVOKE" };

function variantOf(part: Part): string {
  switch (part.kind) {
    case "status":
      return part.status;
    case "edit":
      return part.editId;
    case "revoke":
      return "";
  }
}

function fromRow(row: HeldRow): MessageUpdate {
  // Written by `holdUpdates` from the same type; only the date was flattened.
  const part = { ...row.payload, occurredAt: row.occurredAt } as unknown as StatusPart | EditPart | RevokePart;
  return { tenantId: row.tenantId, inboxId: row.inboxId, part };
}
