import { statement, type Channel, type Sql } from "@parley/db";
import { accountsOf, type ParsedRawEvent } from "./parse-raw-event.ts";

/** What ingest needs to know of an inbox. */
export interface IngestInbox {
  id: string;
  tenantId: string;
  channel: Channel;
  externalId: string;
  reopenWindowMinutes: number;
  /** Its tenant is CLOSED: what arrives is kept, and not applied. */
  isClosed: boolean;
}

// inbox_channel_external_id_key
const FIND_INBOXES = statement<IngestInbox>(
  "ingest_find_inboxes",
  `select i.id, i.tenant_id as "tenantId", i.channel, i.external_id as "externalId",
          t.reopen_window_minutes as "reopenWindowMinutes", t.status = 'CLOSED' as "isClosed"
     from unnest($1::channel[], $2::text[]) as k (channel, external_id)
     join inbox i on i.channel = k.channel and i.external_id = k.external_id
     join tenant t on t.id = i.tenant_id`,
);

/** Finds the inbox of an account that a webhook names. */
export type InboxFinder = (channel: Channel, account: string) => IngestInbox | undefined;

/** Of all accounts that the events name. */
export async function findInboxes(sql: Sql, events: readonly ParsedRawEvent[]): Promise<InboxFinder> {
  const wanted = new Map(
    events.flatMap((parsed) =>
      accountsOf(parsed).map((account) => [inboxKey(parsed.event.channel, account), [parsed.event.channel, account]]),
    ),
  );
  const inboxes = await sql.rows(FIND_INBOXES, [
    [...wanted.values()].map(([channel]) => channel),
    [...wanted.values()].map(([, account]) => account),
  ]);
  const found = new Map(inboxes.map((inbox) => [inboxKey(inbox.channel, inbox.externalId), inbox]));
  return (channel, account) => found.get(inboxKey(channel, account));
}

function inboxKey(channel: Channel, account: string): string {
  return `${channel} ${account}`;
}
