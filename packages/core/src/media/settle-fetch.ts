import type { ProviderError } from "@parley/channels";
import { statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import { pauseInboxes } from "../outbound-queue/index.ts";
import type { ClaimedAttachment } from "./claim-attachment.ts";
import type { MediaFailure } from "./media-failure.ts";
import { CLEAR_CHUNKS } from "./media-chunks.ts";
import { ClaimLost, type MediaWriter } from "./write-media.ts";

/** What events about an attachment are about: as it is now, because tickets are merged and split. */
export interface AttachmentSubjects {
  tenantId: string;
  messageId: string;
  conversationId: string;
  contactId: string;
  ticketId: string | null;
}

export const SUBJECTS = `m.tenant_id as "tenantId", m.id as "messageId", m.conversation_id as "conversationId",
  c.contact_id as "contactId", m.ticket_id as "ticketId"`;

// message_attachment_pkey, message_pkey, conversation_pkey
const STORE = statement<AttachmentSubjects>(
  "media_store",
  `update message_attachment a
      set state = 'STORED', size = $4, sha256 = $5, failure = null, next_fetch_at = null
     from message m join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    where a.tenant_id = $1 and a.id = $2 and a.state = 'PENDING' and a.fetch_attempts = $3
      and m.tenant_id = a.tenant_id and m.id = a.message_id
   returning ${SUBJECTS}`,
);
const FAIL = statement<AttachmentSubjects>(
  "media_fail",
  `update message_attachment a set state = 'FAILED', failure = $4, next_fetch_at = null
     from message m join conversation c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    where a.tenant_id = $1 and a.id = $2 and a.state = 'PENDING' and a.fetch_attempts = $3
      and m.tenant_id = a.tenant_id and m.id = a.message_id
   returning ${SUBJECTS}`,
);
const PUT_OFF = statement(
  "media_put_off",
  `update message_attachment set next_fetch_at = $4, failure = $5
    where tenant_id = $1 and id = $2 and state = 'PENDING' and fetch_attempts = $3`,
);

const keyOf = ({ tenantId, attachmentId, attempt }: ClaimedAttachment) => [tenantId, attachmentId, attempt];

/** The last chunks, the state and the event are one transaction: until then there is no file. Throws ClaimLost. */
export function storeFetched(
  ctx: SystemContext,
  claim: ClaimedAttachment,
  writer: MediaWriter,
  { size, sha256 }: { size: number; sha256: string },
): Promise<void> {
  return ctx.database.system.transaction(async (sql) => {
    const [subjects] = await sql.rows(STORE, [...keyOf(claim), size, sha256]);
    if (!subjects) throw new ClaimLost("the file is another worker's by now, or gone");
    await writer.finish(sql);
    const data = { attachmentId: claim.attachmentId, size };
    await publishEventsSql(ctx, sql, [{ ...subjects, type: "MEDIA_STORED", actorType: "SYSTEM", data }]);
  });
}

/** It will never come. */
export function failFetch(ctx: SystemContext, claim: ClaimedAttachment, reason: MediaFailure): Promise<void> {
  return ctx.database.system.transaction(async (sql) => {
    const [subjects] = await sql.rows(FAIL, [...keyOf(claim), reason]);
    if (!subjects) return;
    await sql.run(CLEAR_CHUNKS, [claim.tenantId, claim.attachmentId]);
    await publishEventsSql(ctx, sql, [toFailedEvent(subjects, claim.attachmentId, reason)]);
  });
}

/** It is tried again at `at`. With what is wrong with the account its inbox is paused, as by a send. */
export function putOffFetch(
  ctx: SystemContext,
  claim: ClaimedAttachment,
  { at, reason, fault }: { at: Date; reason: string; fault?: ProviderError },
): Promise<void> {
  const { tenantId, attachmentId, inboxId } = claim;
  return ctx.database.system.transaction(async (sql) => {
    if ((await sql.run(PUT_OFF, [...keyOf(claim), at, reason])) === 0) return;
    await sql.run(CLEAR_CHUNKS, [tenantId, attachmentId]);
    if (!fault) return;
    const paused = await pauseInboxes(sql, [{ tenantId, inboxId, error: fault }], ctx.clock.now());
    await publishEventsSql(ctx, sql, paused);
  });
}

export function toFailedEvent(subjects: AttachmentSubjects, attachmentId: string, reason: MediaFailure): NewEvent {
  return { ...subjects, type: "MEDIA_FAILED", actorType: "SYSTEM", data: { attachmentId, reason } };
}
