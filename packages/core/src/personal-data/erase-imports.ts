import { statement, type ContactImportStatus } from "@parley/db";
import { z } from "zod";
import { endImport, importedId, lineUp, timeOf } from "../contact-imports/index.ts";
import { TEXT_ENCODINGS, toUtf8 } from "../csv/index.ts";
import { patternsOf, speaksOf } from "../person-traces/index.ts";
import type { StepInput, StepOutcome } from "./step.ts";

const NIL = "00000000-0000-0000-0000-000000000000";
const cursorOf = z.string().nullable();
/** What stands at the end of one chunk and goes on in the next one. */
const OVERLAP = 400;
const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

interface StoredFile {
  id: string;
  status: ContactImportStatus;
  encoding: string;
}

// contact_import_pkey, contact_import_chunk_pkey. Of what came later, the company wants it in spite of the erasure.
const NEXT_FILE = statement<StoredFile>(
  "erasure_next_file",
  `select i.id, i.status, i.encoding from contact_import i
    where i.tenant_id = $1 and i.id > $2 and i.created_at <= $3
      and exists (select from contact_import_chunk c where c.tenant_id = i.tenant_id and c.import_id = i.id)
    order by i.id limit 1`,
);
const READ_CHUNK = statement<{ position: number; bytes: Buffer }>(
  "erasure_read_chunk",
  `select position, bytes from contact_import_chunk
    where tenant_id = $1 and import_id = $2 and position >= $3 order by position limit 1`,
);
// contact_import_error_pkey, of a week
const DELETE_ERRORS = statement(
  "erasure_delete_import_errors",
  `delete from contact_import_error e
    where e.tenant_id = $1
      and exists (
        select from (select concat_ws(' ', lower(string_agg(cell, ' ')), e.reason) as text
                       from jsonb_array_elements_text(e.cells) cell) said
         where said.text ~ any ($2::text[])
            or exists (select from unnest($3::text[]) n
                        where position(n in regexp_replace(said.text, '[[:space:]().\\/-]+', '', 'g')) > 0))`,
);
// contact_import_error_pkey, of a week
const FIND_ERRORS_WITH_IDS = statement<{ importId: string; row: number; cells: string }>(
  "erasure_find_import_errors_with_ids",
  `select import_id as "importId", row, cells::text from contact_import_error
    where tenant_id = $1 and lower(cells::text) ~ any ($2::text[])`,
);
const DELETE_ERRORS_AT = statement(
  "erasure_delete_import_errors_at",
  `delete from contact_import_error e using unnest($2::uuid[], $3::int[]) r (import_id, row)
    where e.tenant_id = $1 and e.import_id = r.import_id and e.row = r.row`,
);
// contact_import_key_pkey
const DELETE_KEYS = statement(
  "erasure_delete_import_keys",
  "delete from contact_import_key where tenant_id = $1 and (contact_id = $2 or value = any($3::text[]))",
);

const REASON = "Its file held data of somebody who was erased; send it again without them.";
const ON_THEIR_WAY: ReadonlySet<ContactImportStatus> = new Set(["UPLOADING", "RUNNING"]);

/**
 * Files of contacts that are kept, one at a time: one that names the person is deleted as a whole, because its rows are
 * counted by their places. Those that are on their way are waited for: meanwhile they refuse the person's rows. At the end
 * the rows that were refused.
 */
export async function eraseImports({ ctx, sql, erasure, person }: StepInput): Promise<StepOutcome> {
  const { tenantId, contactId, createdAt } = erasure;
  await lineUp(sql, tenantId);
  const [file] = await sql.rows(NEXT_FILE, [tenantId, cursorOf.parse(erasure.cursor) ?? NIL, createdAt]);
  if (!file) {
    const { words, digits } = person.needles;
    const named = await sql.run(DELETE_ERRORS, [tenantId, patternsOf(words), digits]);
    const rows = named + (await deleteErrorsWithIds());
    await sql.run(DELETE_KEYS, [tenantId, contactId, [...person.identifiers]]);
    return { next: null, counts: rows > 0 ? { importErrors: rows } : {} };
  }
  if (ON_THEIR_WAY.has(file.status)) return "wait";
  const isNamed = await mentions(file);
  if (isNamed) {
    await endImport(ctx, sql, { tenantId, importId: file.id }, { status: "CANCELLED", reason: REASON });
  }
  return { next: file.id, counts: isNamed ? { importFiles: 1 } : {} };

  async function mentions({ id, encoding }: StoredFile): Promise<boolean> {
    const known = TEXT_ENCODINGS.find((each) => each === encoding) ?? "utf-8";
    const decoder = new TextDecoder();
    let before = "";
    for (let from = 0; ;) {
      const [chunk] = await sql.rows(READ_CHUNK, [tenantId, id, from]);
      if (!chunk) return false;
      // A character may begin in one chunk and end in the next one.
      const text = before + decoder.decode(toUtf8(chunk.bytes, known, chunk.position === 0), { stream: true });
      if (speaksOf(text, person.needles) || hasIdOf(text)) return true;
      before = text.slice(-OVERLAP);
      from = chunk.position + 1;
    }
  }

  /** Their own, or one with which they came: of that the company has another one, which tells when it was made. */
  function hasIdOf(text: string): boolean {
    const ids = new Set(text.toLowerCase().match(UUIDS));
    return [...ids].some((id) => person.contactIds.has(id) || person.contactIds.has(importedId(tenantId, id)));
  }

  async function deleteErrorsWithIds(): Promise<number> {
    const found = await sql.rows(FIND_ERRORS_WITH_IDS, [tenantId, [...person.contactIds].map(timeOf)]);
    const theirs = found.filter(({ cells }) => hasIdOf(cells));
    if (theirs.length === 0) return 0;
    return sql.run(DELETE_ERRORS_AT, [tenantId, theirs.map(({ importId }) => importId), theirs.map(({ row }) => row)]);
  }
}
