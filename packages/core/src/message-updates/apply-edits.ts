import type { EditPart, RevokePart } from "@parley/channels";
import { statement, type Sql } from "@parley/db";
import type { NewEvent } from "../events/index.ts";
import type { TargetMessage } from "./update.ts";

const REPLACE_CONTENT = statement(
  "message_replace_content",
  `update message m set content = c.content, updated_at = $4
     from unnest($1::uuid[], $2::uuid[], $3::jsonb[]) as c (tenant_id, id, content)
    where m.tenant_id = c.tenant_id and m.id = c.id`,
);

// message_understanding_pkey; the messages are locked.
const FORGET_UNDERSTANDING = statement(
  "message_forget_understanding",
  `delete from message_understanding u using unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
    where u.tenant_id = k.tenant_id and u.message_id = k.id`,
);

/**
 * Applies edits and revocations in the order of their times. What was replaced stays in `content.history`; a revoked
 * message keeps its content under `revokedAt`, for the front end to hide. What was understood of either is forgotten.
 */
export async function applyEdits(
  sql: Sql,
  arrived: readonly { target: TargetMessage; part: EditPart | RevokePart }[],
  at: Date,
): Promise<NewEvent[]> {
  if (arrived.length === 0) return [];
  const events: NewEvent[] = [];
  const changed = new Map<string, TargetMessage>();
  const inOrder = arrived.toSorted((a, b) => a.part.occurredAt.getTime() - b.part.occurredAt.getTime());
  for (const { target, part } of inOrder) {
    const content = (changed.get(target.id) ?? target).content;
    const next = part.kind === "edit" ? edited(content, part) : revoked(content, part);
    if (!next) continue;
    changed.set(target.id, { ...target, content: next });
    events.push({
      tenantId: target.tenantId,
      type: part.kind === "edit" ? "MESSAGE_EDITED" : "MESSAGE_REVOKED",
      actorType: target.direction === "INBOUND" ? "CUSTOMER" : "AGENT",
      conversationId: target.conversationId,
      ticketId: target.ticketId,
      messageId: target.id,
      data: { at: part.occurredAt.toISOString() },
    });
  }
  const rows = [...changed.values()];
  if (rows.length > 0) {
    const [tenantIds, ids] = [rows.map((row) => row.tenantId), rows.map((row) => row.id)];
    await sql.run(FORGET_UNDERSTANDING, [tenantIds, ids]);
    await sql.run(REPLACE_CONTENT, [tenantIds, ids, rows.map((row) => JSON.stringify(row.content)), at]);
  }
  return events;
}

type Content = TargetMessage["content"];

/** Undefined when a later edit is already there, or this one. What was revoked stays revoked. */
function edited(content: Content, { editId, occurredAt, content: next }: EditPart): Content | undefined {
  const editedAt = occurredAt.toISOString();
  const { history, revokedAt, ...previous } = content;
  const earlier = Array.isArray(history) ? (history as Content[]) : [];
  // Times have whole seconds: of two edits in one second the one that came later counts.
  if (typeof previous["editedAt"] === "string" && previous["editedAt"] > editedAt) return undefined;
  if ([previous, ...earlier].some((version) => version["editId"] === editId)) return undefined;
  const withdrawn = revokedAt === undefined ? {} : { revokedAt };
  return { ...next, ...withdrawn, editId, editedAt, history: [...earlier, previous] };
}

/** Undefined when it was revoked before. */
function revoked(content: Content, part: RevokePart): Content | undefined {
  return content["revokedAt"] === undefined ? { ...content, revokedAt: part.occurredAt.toISOString() } : undefined;
}
