import { statement, type Sql } from "@parley/db";
import { readMedia } from "../media/index.ts";
import type { ZipEntry } from "./zip-entries.ts";

interface Person {
  tenantId: string;
  contactId: string;
}

interface StoredFile {
  conversationId: string;
  occurredAt: string;
  messageId: string;
  id: string;
  fileName: string | null;
  mimeType: string;
  size: number;
}

/** Files in the list that is in memory at once. */
const PAGE = 100;
const NIL = "00000000-0000-0000-0000-000000000000";
/** A zip without extensions ends at 4 GB, and an archive is stored once more: what is beyond is named, and fetched one by one. */
const MOST_BYTES = 1024 * 1024 * 1024;
const LONGEST_NAME = 100;

// conversation_tenant_id_contact_id_idx, message_tenant_id_conversation_id_occurred_at_id_idx,
// message_attachment_tenant_id_message_id_idx
const FIND = statement<StoredFile>(
  "archive_files",
  `select m.conversation_id as "conversationId", m.occurred_at::text as "occurredAt", m.id as "messageId", a.id,
          a.file_name as "fileName", a.mime_type as "mimeType", a.size
     from message m
    cross join lateral (
      select * from message_attachment where tenant_id = m.tenant_id and message_id = m.id limit 1000
    ) a
    where m.tenant_id = $1 and a.state = 'STORED'
      and m.conversation_id = any (array(select c.id from conversation c where c.tenant_id = $1 and c.contact_id = $2))
      and (m.conversation_id, m.occurred_at, m.id) >= ($3::uuid, $4::timestamptz, $5::uuid)
      and (m.conversation_id, m.occurred_at, m.id, a.id) > ($3::uuid, $4::timestamptz, $5::uuid, $6::uuid)
    order by m.conversation_id, m.occurred_at, m.id, a.id limit $7`,
);

/** The files of their conversations, each under its attachment's id; and a list of those for which there is no room. */
export async function* archivedFiles(
  sql: Sql,
  person: Person,
  mostBytes: number = MOST_BYTES,
): AsyncGenerator<ZipEntry> {
  const { tenantId } = person;
  let room = mostBytes;
  const leftOut: object[] = [];
  for await (const { id, messageId, fileName, mimeType, size } of filesOf(sql, person)) {
    if (size > room) {
      leftOut.push({ id, messageId, fileName, mimeType, size });
      continue;
    }
    room -= size;
    const pieces = readMedia(sql, { tenantId, attachmentId: id }, { first: 0, last: size - 1 });
    yield { name: `files/${id}${fileName === null ? "" : `-${safely(fileName)}`}`, pieces, isPacked: true };
  }
  if (leftOut.length > 0) yield { name: "files/left-out.json", pieces: [`${JSON.stringify(leftOut, null, 1)}\n`] };
}

async function* filesOf(sql: Sql, { tenantId, contactId }: Person): AsyncGenerator<StoredFile> {
  let after = [NIL, "-infinity", NIL, NIL];
  for (;;) {
    const page = await sql.rows(FIND, [tenantId, contactId, ...after, PAGE]);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = [last.conversationId, last.occurredAt, last.messageId, last.id];
  }
}

/** Of what somebody else has called a file, what no system takes for anything but a name. */
function safely(fileName: string): string {
  const letters = Array.from(fileName.toWellFormed().replaceAll(/[^\p{L}\p{M}\p{N}. _()-]/gu, "_"));
  return letters.slice(-LONGEST_NAME).join("");
}
