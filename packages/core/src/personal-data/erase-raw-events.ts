import { statement, type RawEventStatus, type Sql } from "@parley/db";
import { z } from "zod";
import { speaksOf } from "../person-traces/index.ts";
import { cutOut, type CutRule } from "./cut-out.ts";
import type { ErasureCounts } from "./erasure-row.ts";
import type { ErasedPerson } from "./erased-person.ts";
import type { StepInput, StepOutcome } from "./step.ts";

const PAGE = 1_000;
/** Or so many bytes of them, and one more. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** What arrives is timed by the clocks of many processes: what came so soon after is taken to have come before. */
const SKEW_MS = 60_000;
const NIL = "00000000-0000-0000-0000-000000000000";

/** First those of the company, then those that speak of several and so are nobody's. */
const cursorOf = z.object({ isShared: z.boolean(), id: z.string() }).nullable();

interface StoredEvent {
  id: string;
  status: RawEventStatus;
  body: Buffer;
  receivedAt: Date;
}

const COLUMNS = `id, status, body, received_at as "receivedAt"`;
// Whatever PostgreSQL takes the table for, it goes on in the index, instead of reading all that is left for each page.
const GO_BY_INDEX = statement<object>(
  "erasure_go_by_index",
  "select set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)",
);
// raw_webhook_event_tenant_id_id_idx
const READ_OWN = statement<StoredEvent>("erasure_read_raw_events", pageOf("tenant_id = $1"));
const READ_SHARED = statement<StoredEvent>(
  "erasure_read_shared_raw_events",
  pageOf("$1::uuid is null and tenant_id is null"),
);
// raw_webhook_event_pkey. Somebody else may be cut out of the same body at the same time.
const LOCK = statement<StoredEvent>(
  "erasure_lock_raw_events",
  `select ${COLUMNS} from raw_webhook_event where id = any($1::uuid[]) and status <> 'RECEIVED' order by id for no key update`,
);
// inbox_pkey
const READ_ACCOUNTS = statement<{ account: string }>(
  "erasure_read_accounts",
  "select external_id as account from inbox where tenant_id = $1 and external_id is not null",
);
// raw_webhook_event_pkey. The hash stays that of what arrived: the same bytes again are the same event.
const REPLACE_BODIES = statement(
  "erasure_replace_bodies",
  `update raw_webhook_event e set body = r.body
     from unnest($1::uuid[], $2::bytea[]) as r (id, body) where e.id = r.id`,
);

/**
 * Cuts out of what arrived whatever is from, to or about the person, a page of events at a time. Of what arrived since the
 * erasure began only what tells of their old messages: the rest is somebody new's. What speaks of them and is not applied
 * yet is waited for.
 */
export async function eraseRawEvents({ sql, erasure, person }: StepInput): Promise<StepOutcome> {
  const { tenantId, createdAt } = erasure;
  const { isShared, id } = cursorOf.parse(erasure.cursor) ?? { isShared: false, id: NIL };
  await sql.rows(GO_BY_INDEX, []);
  const page = await (isShared ? sql.rows(READ_SHARED, [null, id]) : sql.rows(READ_OWN, [tenantId, id]));
  const isForeign = isShared ? await foreignTo(sql, tenantId) : undefined;
  const withoutThem = ({ body, receivedAt }: StoredEvent): Buffer | undefined =>
    without(body, person, { isLate: receivedAt.getTime() > createdAt.getTime() + SKEW_MS, isForeign });
  const theirs: string[] = [];
  let last: string | undefined;
  for (const event of page) {
    if (withoutThem(event)) {
      if (event.status === "RECEIVED") {
        if (last === undefined) return "wait";
        break;
      }
      theirs.push(event.id);
    }
    last = event.id;
  }
  const locked = theirs.length === 0 ? [] : await sql.rows(LOCK, [theirs]);
  const cut = locked.map((event) => ({ id: event.id, body: withoutThem(event) ?? event.body }));
  if (cut.length > 0) await sql.run(REPLACE_BODIES, [cut.map((each) => each.id), cut.map((each) => each.body)]);
  const counts: ErasureCounts = cut.length > 0 ? { rawEvents: cut.length } : {};
  if (last !== undefined) return { next: { isShared, id: last }, counts };
  return { next: isShared ? null : { isShared: true, id: NIL }, counts };
}

/** How long a body is is known without reading it. */
function pageOf(condition: string): string {
  return `select ${COLUMNS}
            from (select e.*, sum(octet_length(e.body)) over (order by e.id) - octet_length(e.body) as "before"
                    from (select * from raw_webhook_event where ${condition} and id > $2 order by id limit ${PAGE}) e) e
           where e."before" < ${PAGE_BYTES}
           order by e.id`;
}

/** The body without what is theirs; undefined if nothing is. */
function without(
  body: Buffer,
  { identifiers, messageIds, needles }: ErasedPerson,
  { isLate, isForeign }: { isLate: boolean; isForeign: CutRule["isForeign"] },
): Buffer | undefined {
  const text = body.toString("utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Nobody can say where they begin and end in it.
    return !isForeign && !isLate && speaksOf(text, needles) ? Buffer.from("{}") : undefined;
  }
  // Our reference is the message's id with the number of the attempt.
  const isTheirs = (value: string): boolean =>
    messageIds.has(value) ||
    (!isLate && identifiers.has(value)) ||
    (value.includes(":") && messageIds.has(value.slice(0, value.indexOf(":"))));
  const { rest, cut } = cutOut(json, { isTheirs, ...(isForeign && { isForeign }) });
  return cut === 0 ? undefined : Buffer.from(JSON.stringify(rest));
}

const aboutAccount = z.object({ value: z.object({ metadata: z.object({ phone_number_id: z.coerce.string() }) }) });

/** Of an event that is nobody's only what is about the company's own accounts is theirs to erase. */
async function foreignTo(sql: Sql, tenantId: string): Promise<NonNullable<CutRule["isForeign"]>> {
  const accounts = new Set((await sql.rows(READ_ACCOUNTS, [tenantId])).map(({ account }) => account));
  return (part) => {
    if (!("field" in part)) return false;
    const read = aboutAccount.safeParse(part);
    return !read.success || !accounts.has(read.data.value.metadata.phone_number_id);
  };
}
