import type { Sql, Statement } from "@parley/db";
import { toCsv } from "../csv/index.ts";
import { pageOf } from "./archive-page.ts";
import {
  READ_CONVERSATIONS,
  READ_DECISIONS,
  READ_DRAFTS,
  READ_MESSAGES,
  READ_PROFILE,
  READ_TICKETS,
  type JsonRow,
} from "./archive-rows.ts";
import { archivedFiles } from "./archived-files.ts";
import { textOf } from "./text-of.ts";
import type { ZipEntry } from "./zip-entries.ts";

/** Messages in memory at once. */
const PAGE = 500;
const FIRST = ["00000000-0000-0000-0000-000000000000", "-infinity", "00000000-0000-0000-0000-000000000000"];
const BYTE_ORDER_MARK = "\ufeff";

type Row = Record<string, unknown>;
interface Person {
  tenantId: string;
  contactId: string;
}

/**
 * The files of a person's archive: everything as JSON, messages as CSV besides, a page for people to read, and what was sent
 * as files.
 */
export async function* archiveEntries(sql: Sql, person: Person): AsyncGenerator<ZipEntry> {
  yield* textEntries(sql, person);
  yield* archivedFiles(sql, person);
}

function textEntries(sql: Sql, person: Person): ZipEntry[] {
  const all = (query: Statement<JsonRow>): AsyncIterable<Row> => rowsOf(sql, query, person);
  return [
    {
      name: "index.html",
      pieces: pageOf({ profile: all(READ_PROFILE), tickets: all(READ_TICKETS), messages: messagesOf(sql, person) }),
    },
    { name: "profile.json", pieces: asJson(all(READ_PROFILE)) },
    { name: "conversations.json", pieces: asJson(all(READ_CONVERSATIONS)) },
    { name: "messages.json", pieces: asJson(messagesOf(sql, person)) },
    { name: "messages.csv", pieces: asCsv(messagesOf(sql, person)) },
    { name: "tickets.json", pieces: asJson(all(READ_TICKETS)) },
    { name: "drafts.json", pieces: asJson(all(READ_DRAFTS)) },
    { name: "automated-decisions.json", pieces: asJson(all(READ_DECISIONS)) },
  ];
}

async function* rowsOf(sql: Sql, query: Statement<JsonRow>, { tenantId, contactId }: Person): AsyncGenerator<Row> {
  for (const { row } of await sql.rows(query, [tenantId, contactId])) yield row;
}

/** Thread by thread, each in its order, a page in a statement at a time. */
async function* messagesOf(sql: Sql, { tenantId, contactId }: Person): AsyncGenerator<Row> {
  let after = FIRST;
  for (;;) {
    const page = await sql.rows(READ_MESSAGES, [tenantId, contactId, ...after, PAGE]);
    for (const { row } of page) yield row;
    const last = page.at(-1);
    if (!last) return;
    after = [last.conversationId, last.occurredAt, last.id];
  }
}

async function* asJson(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let before = "[\n";
  for await (const row of rows) {
    yield before + JSON.stringify(row);
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

const COLUMNS = [
  "at",
  "direction",
  "sender",
  "type",
  "status",
  "isInternal",
  "campaign",
  "conversationId",
  "ticketId",
] as const;

async function* asCsv(messages: AsyncIterable<Row>): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + toCsv([[...COLUMNS, "text"]]);
  for await (const message of messages) {
    yield toCsv([[...COLUMNS.map((column) => cellOf(message[column])), textOf(message) ?? null]]);
  }
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
