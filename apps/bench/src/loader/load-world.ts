import { availableParallelism } from "node:os";
import { step } from "@parley/runtime";
import pg from "pg";
import type { BenchDatabase } from "../setting/bench-database.ts";
import { formatNumber } from "../table.ts";
import { withSystem } from "../world/seed-world.ts";
import { assertLoadable, shareOut, type LoadSize, type TenantShare } from "./load-size.ts";
import { loadTenant } from "./load-tenant.ts";
import { writePhrases } from "./phrases/write-phrases.ts";
import { mostEvents } from "./write-events.ts";
import { segmentsOf } from "./write-search.ts";
import { skipLoadedEvents } from "./write-reports.ts";
import { writeTenants } from "./write-tenants.ts";

const MOST_CONNECTIONS = 4;

/**
 * What is lost in a crash is loaded again. Compiling statements (jit) costs more than it saves, and what is planned for
 * a tenant is to stay in memory.
 */
const SESSION = "set synchronous_commit = off; set work_mem = '128MB'; set temp_buffers = '64MB'; set jit = off";

interface TenantLoad extends TenantShare {
  beforeEvents: bigint;
}

/**
 * Fills a migrated database, in which nothing was loaded before, with tenants, people, contacts, conversations,
 * tickets, messages and timelines of the two years before `ERA.until`. A tenant is one transaction, and several are
 * written at a time; the rows are the same for the same size and seed. Prints its steps.
 */
export async function loadWorld(database: LoadableDatabase, size: LoadSize): Promise<void> {
  assertLoadable(size);
  const shares = shareOut(size);
  const loads = await reserveEvents(database, shares);
  await step(`${size.tenants} tenants with their people`, () =>
    withSystem(database, (client) => writeTenants(client, size)),
  );
  let written = 0;
  const indexTerms = await withOwner(database, async (client) => {
    await client.query(noteChanges("disable"));
    return dropTermsIndex(client);
  });
  await step(
    `${formatNumber(size.conversations)} conversations, ${formatNumber(size.messages)} messages`,
    () => loadTenants(database, size.seed, loads, (messages) => (written += messages)),
    () => `${formatNumber(written)} messages so far`,
  );
  await withOwner(database, async (client) => {
    await client.query("select setval('search_segment_id_seq', $1)", [segmentsOf(size.tenants)]);
    await client.query(noteChanges("enable"));
  });
  await withSystem(database, skipLoadedEvents);
  await step("index of words", () => withOwner(database, (client) => client.query(indexTerms)));
  await step("vacuum and statistics", () => withOwner(database, (client) => client.query("vacuum (analyze)")));
}

const TERMS_INDEX = "search_document_terms_idx";

/** Returns what makes the index again: all at once, a fraction of what each row of it by itself costs. */
async function dropTermsIndex(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ create: string }>("select pg_get_indexdef($1::regclass) as create", [
    TERMS_INDEX,
  ]);
  await client.query(`drop index ${TERMS_INDEX}`);
  return ["set maintenance_work_mem = '256MB'", ...rows.map(({ create }) => create)].join("; ");
}

/** Whether triggers note what is to be indexed: what is loaded comes with its index. */
function noteChanges(what: "enable" | "disable"): string {
  return ["contact", "contact_identifier", "message", "ticket"]
    .map((table) => `alter table ${table} ${what} trigger user`)
    .join("; ");
}

/** Where somebody can write as the system, and look after tables as their owner. */
export type LoadableDatabase = Pick<BenchDatabase, "ownerUrl" | "systemUrl">;

/** Several connections, each with the next tenant as soon as it has written one. The largest come first. */
async function loadTenants(
  database: LoadableDatabase,
  seed: number,
  loads: readonly TenantLoad[],
  hear: (messages: number) => void,
): Promise<void> {
  const waiting = loads.values();
  const load = (): Promise<void> =>
    withSystem(database, async (client) => {
      await client.query(SESSION);
      await writePhrases(client);
      for (const { beforeEvents, ...share } of waiting) await loadTenant(client, { share, seed, beforeEvents, hear });
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_CONNECTIONS, loads.length) }, load));
}

/** Each tenant gets a stretch of the log's numbers beforehand, so that they do not depend on who is written when. */
function reserveEvents(database: LoadableDatabase, shares: readonly TenantShare[]): Promise<TenantLoad[]> {
  return withOwner(database, async (client) => {
    const { rows } = await client.query<{ last: string }>("select nextval('event_seq_seq')::text as last");
    let next = BigInt(rows[0]?.last ?? 0);
    const loads = shares.map((share) => {
      const load = { ...share, beforeEvents: next };
      next += BigInt(mostEvents(share));
      return load;
    });
    await client.query("select setval('event_seq_seq', $1)", [String(next)]);
    return loads;
  });
}

async function withOwner<T>(database: LoadableDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
