import { statement, type AttachmentKind, type MediaState } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { readMedia, type ByteRange } from "./read-media.ts";

/** A file that is here, not read yet. */
export interface OpenedAttachment {
  id: string;
  kind: AttachmentKind;
  /** As the sender's side has it: to be trusted by nobody. */
  mimeType: string;
  fileName: string | null;
  size: number;
  /** SHA-256 of the bytes, in base64. */
  sha256: string;
  /** The bytes, as they are taken. */
  read(range: ByteRange): AsyncIterable<Uint8Array>;
}

interface FoundAttachment extends Pick<OpenedAttachment, "id" | "kind" | "mimeType" | "fileName"> {
  state: MediaState;
  size: number | null;
  sha256: string | null;
  failure: string | null;
  nextFetchAt: Date | null;
}

// message_attachment_pkey
const FIND = statement<FoundAttachment>(
  "media_find_attachment",
  `select id, kind, mime_type as "mimeType", file_name as "fileName", state, size, sha256, failure,
          next_fetch_at as "nextFetchAt"
     from message_attachment where tenant_id = $1 and id = $2 and message_id = $3`,
);

/** Whoever waits for a file asks so soon again, and so late. */
const SOONEST_SECONDS = 2;
const LATEST_SECONDS = 3_600;

/**
 * The file of an attachment. `not_ready`: it is being fetched, with when to ask again. `gone`: it could not be fetched
 * from its channel, and why.
 */
export async function openAttachment(
  ctx: RequestContext,
  { messageId, attachmentId }: { messageId: string; attachmentId: string },
): Promise<OpenedAttachment> {
  const tenantId = authorize(ctx, "messages.read");
  const sql = ctx.database.tenantSql(tenantId);
  const [found] = await sql.rows(FIND, [tenantId, attachmentId, messageId]);
  if (!found) throw noSuchAttachment();
  const { id, kind, mimeType, fileName, size, sha256 } = found;
  if (found.state === "FAILED") {
    throw new DomainError("gone", `This file could not be fetched from its channel: ${found.failure}.`);
  }
  if (found.state === "PENDING" || size === null || sha256 === null) throw notReady(found, ctx.clock.now());
  return {
    id,
    kind,
    mimeType,
    fileName,
    size,
    sha256,
    read: (range) => readMedia(sql, { tenantId, attachmentId }, range),
  };
}

export function noSuchAttachment(): DomainError {
  return new DomainError("not_found", "There is no such attachment of this message.");
}

function notReady({ nextFetchAt }: FoundAttachment, now: Date): DomainError {
  const seconds = Math.ceil(((nextFetchAt?.getTime() ?? 0) - now.getTime()) / 1_000);
  return new DomainError("not_ready", "This file has not been fetched from its channel yet; ask again later.", {
    retryAfterSeconds: Math.min(Math.max(seconds, SOONEST_SECONDS), LATEST_SECONDS),
  });
}
