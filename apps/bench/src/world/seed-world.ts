import { encryptSecret } from "@parley/runtime";
import pg from "pg";
import type { BenchDatabase } from "../setting/bench-database.ts";
import { benchKeyring } from "../setting/environment.ts";
import { benchId, benchIdSql, benchPhoneNumberId, benchPhoneSql } from "./bench-ids.ts";

/** One tenant an inbox; the inboxes are WhatsApp numbers. */
export interface WorldSize {
  inboxes: number;
  contactsPerInbox: number;
}

const INSERT_TENANTS = `
  insert into tenant (id, name, slug, status)
  select ${benchIdSql("tenant", "i")}, 'Company ' || i, 'company-' || i, 'ACTIVE' from generate_series(0, $1::int - 1) i`;

const INSERT_INBOXES = `
  insert into inbox (tenant_id, id, name, channel, external_id, config, credentials)
  select tenant_id, id, 'WhatsApp', 'WHATSAPP', external_id, '{}', credentials
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as i (tenant_id, id, external_id, credentials)`;

const PEOPLE = `generate_series(0, $1::int - 1) i cross join generate_series(0, $2::int - 1) n`;

const INSERT_CONTACTS = `
  insert into contact (tenant_id, id, name)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("contact", "i", "n")}, 'Customer ' || n from ${PEOPLE}`;

const INSERT_IDENTIFIERS = `
  insert into contact_identifier (tenant_id, type, value, contact_id, is_primary)
  select ${benchIdSql("tenant", "i")}, 'WHATSAPP', '+' || ${benchPhoneSql("i", "n")}, ${benchIdSql("contact", "i", "n")}, true
    from ${PEOPLE}`;

const INSERT_CONVERSATIONS = `
  insert into conversation (tenant_id, id, inbox_id, contact_id, last_message_at, window_expires_at, last_inbound_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("conversation", "i", "n")}, ${benchIdSql("inbox", "i")},
         ${benchIdSql("contact", "i", "n")}, now() - interval '1 hour', now() + interval '23 hours', now() - interval '1 hour'
    from ${PEOPLE}`;

/** Tenants, inboxes, and contacts who each have a conversation with an open reply window. */
export async function seedWorld(database: BenchDatabase, { inboxes, contactsPerInbox }: WorldSize): Promise<void> {
  await withSystem(database, async (client) => {
    await client.query(INSERT_TENANTS, [inboxes]);
    const indices = Array.from({ length: inboxes }, (_empty, index) => index);
    await client.query(INSERT_INBOXES, [
      indices.map((index) => benchId("tenant", index)),
      indices.map((index) => benchId("inbox", index)),
      indices.map(benchPhoneNumberId),
      indices.map(encryptCredentials),
    ]);
    for (const text of [INSERT_CONTACTS, INSERT_IDENTIFIERS, INSERT_CONVERSATIONS]) {
      await client.query(text, [inboxes, contactsPerInbox]);
    }
  });
}

/** One connection as the system role, which sees every tenant. */
export async function withSystem<T>(
  database: Pick<BenchDatabase, "systemUrl">,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: database.systemUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Seeded rows are planned for as soon as they are there. Tables without rows are left alone, as autovacuum leaves them:
 * what is known to be empty gets plans that scan it, and keeps them for a minute.
 */
export async function analyze(database: BenchDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ table: string }>(
      "select format('%I', tablename) as table from pg_tables where schemaname = 'public'",
    );
    for (const { table } of rows) {
      const { rowCount } = await client.query(`select from ${table} limit 1`);
      if (rowCount) await client.query(`analyze ${table}`);
    }
  } finally {
    await client.end();
  }
}

function encryptCredentials(inbox: number): string {
  const binding = { tenantId: benchId("tenant", inbox), recordId: benchId("inbox", inbox), field: "credentials" };
  return encryptSecret(benchKeyring, binding, JSON.stringify({ accessToken: "bench-access-token" }));
}
