import type { Prisma, Tx } from "@parley/db";
import { cutPage, logKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";

export type EventRow = Prisma.EventGetPayload<object>;

interface LogPage {
  tenantId: string;
  cursor?: string | undefined;
  limit: number;
}

/**
 * A page of a tenant's log. Pages follow (txid, seq) and stop before the oldest transaction that is still open, so
 * whoever follows the cursor skips nothing, however late a transaction commits; what was just committed appears once
 * everything older has ended. Within a page events stand in the order of their ids, which is that of cause and effect
 * for those written under the conversation's lock. Only transactions that overlapped can come out of that order, and
 * only from one page to the next. Relies on event_tenant_id_txid_seq_idx.
 */
export async function readLog(
  tx: Tx,
  { tenantId, type, ...query }: LogPage & { type?: string | undefined },
): Promise<Page<EventRow>> {
  const [txid, seq] = keyAfter(query);
  const rows = await tx.event.findMany({
    where: {
      tenantId,
      type,
      // The first condition is what the index can begin at.
      txid: { gte: txid, lt: await oldestOpenTransaction(tx) },
      OR: [{ txid: { gt: txid } }, { seq: { gt: seq } }],
    },
    orderBy: [{ txid: "asc" }, { seq: "asc" }],
    take: rowsToRead(query.limit),
  });
  return toPage(rows, query.limit);
}

/** The same of some tickets together, each read from its own part of event_ticket_idx. */
export async function readTicketLog(
  tx: Tx,
  { tenantId, ticketIds, ...query }: LogPage & { ticketIds: readonly string[] },
): Promise<Page<EventRow>> {
  const [txid, seq] = keyAfter(query);
  const limit = rowsToRead(query.limit);
  const keys = await tx.$queryRaw<{ seq: bigint }[]>`
    select e.seq
      from unnest(${ticketIds}::uuid[]) as k (id)
     cross join lateral (
       select txid, seq from event
        where tenant_id = ${tenantId}::uuid and ticket_id = k.id and (txid, seq) > (${txid}, ${seq})
          and txid < ${await oldestOpenTransaction(tx)}
        order by txid, seq
        limit ${limit}
     ) e
     order by e.txid, e.seq
     limit ${limit}`;
  const rows = await tx.event.findMany({
    where: { tenantId, seq: { in: keys.map((key) => key.seq) } },
    orderBy: [{ txid: "asc" }, { seq: "asc" }],
  });
  return toPage(rows, query.limit);
}

/** Everything that a transaction before this one wrote is committed, or never will be. */
async function oldestOpenTransaction(tx: Tx): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ txid: bigint }[]>`
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as txid`;
  return row?.txid ?? 0n;
}

function keyAfter({ cursor }: { cursor?: string | undefined }): readonly [txid: bigint, seq: bigint] {
  return readCursor(cursor, logKey) ?? [0n, 0n];
}

function toPage(rows: readonly EventRow[], limit: number): Page<EventRow> {
  const { data, page } = cutPage(rows, limit, cursorKeyOf);
  return { data: data.toSorted(bySeq), page };
}

/** Where a reader of the log has got to. */
export function cursorKeyOf({ txid, seq }: Pick<EventRow, "txid" | "seq">): [bigint, bigint] {
  return [txid, seq];
}

function bySeq(first: EventRow, second: EventRow): number {
  return first.seq < second.seq ? -1 : 1;
}
