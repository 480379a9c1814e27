import { createTestContext, type TestContext } from "@parley/queue/testing";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSearchDesk, type SearchDesk } from "./search-desk.fixture.ts";

const SECRET = "confidentialword";
const NAME = "Confidential Person";

let context: TestContext;
let own: SearchDesk;
let other: SearchDesk;
let app: Client;
let segment: number;

beforeAll(async () => {
  context = await createTestContext();
  own = await openSearchDesk(context);
  other = await openSearchDesk(context);
  await other.say(`Of ${SECRET}`);
  await other.ask(`About ${SECRET}`, { orderRef: "OTHER-1" });
  await other.meet(NAME, "+4915112345678");
  await own.say("Of nothing");
  await own.meet("Somebody Else");
  await other.find(SECRET);
  await own.find("nothing");
  const [row] = await context.database.withSystem((tx) =>
    tx.searchSegment.findMany({ where: { tenantId: other.tenantId, kind: "MESSAGE" } }),
  );
  segment = row?.id ?? 0;
});
beforeEach(async () => {
  app = new Client({ connectionString: context.urls.appUrl });
  await app.connect();
  return () => app.end();
});
afterAll(() => context.close());

/** As the application, in a transaction of `tenantId`: what an injected statement could reach. */
async function within<T>(tenantId: string, text: string, values: unknown[] = []): Promise<T[]> {
  await app.query("begin");
  try {
    await app.query("select set_config('app.tenant_id', $1, true)", [tenantId]);
    // pg cannot know the row.
    return (await app.query(text, values)).rows as T[];
  } finally {
    await app.query("rollback");
  }
}

const TEXTS = "select * from search_texts($1, $2, false, null, null, null, null, null, null, 1000)";
const CONTACTS = "select * from search_contacts($1::tsquery, array['%'], $1::tsquery, 1000)";

describe("a company", () => {
  test("finds nothing of another, whatever it looks for", async () => {
    for (const typed of [SECRET, NAME, "Confidental Persan", "+4915112345678", "OTHER-1", "#1"]) {
      const found = await own.search(typed);
      const theirs = await other.find(typed);
      expect(found.data.filter(({ id }) => theirs.includes(id))).toEqual([]);
    }
  });

  test("finds nothing by a cursor that speaks of another's segment", async () => {
    const cursor = Buffer.from(
      JSON.stringify([
        new Date().toISOString(),
        JSON.stringify({ MESSAGE: [[segment + 1, "2100-01-01T00:00:00.000Z", other.tenantId], null] }),
        "",
        "",
      ]),
    ).toString("base64url");
    expect(await own.find(SECRET, { type: "message", cursor })).toEqual([]);
  });

  test("gets nothing out of the functions by naming segments, operators or quotes in terms", async () => {
    expect(await other.find(SECRET)).toHaveLength(2);
    const foreign = await within(other.tenantId, TEXTS, ["MESSAGE", SECRET]);
    expect(foreign).toHaveLength(1);
    for (const typed of [SECRET, `${segment}:${SECRET}`, `'${segment}:${SECRET}'`, `x' | '${segment}:${SECRET}`]) {
      for (const kind of ["MESSAGE", "TICKET", "CONTACT"])
        expect(await within(own.tenantId, TEXTS, [kind, typed])).toEqual([]);
    }
    const terms = [
      "'con' & 'onf'",
      `'${segment}:con'`,
      String.raw`'a'' | ''${segment}:con'`,
      "!'nothing'",
      "'=confidentil'",
    ];
    expect(await within(other.tenantId, CONTACTS, [terms[0]])).toHaveLength(1);
    for (const query of terms) expect(await within(own.tenantId, CONTACTS, [query])).toEqual([]);
  });

  test("finds nothing without a tenant, or with one that is none", async () => {
    expect((await app.query(TEXTS, ["MESSAGE", SECRET])).rows).toEqual([]);
    expect(await within("", TEXTS, ["MESSAGE", SECRET])).toEqual([]);
    await expect(within("everybody", TEXTS, ["MESSAGE", SECRET])).rejects.toThrow(/invalid input syntax/);
  });
});

describe("the application", () => {
  test.each(["search_document", "search_segment", "search_change"])("reads and writes no %s itself", async (table) => {
    for (const text of [`select from ${table}`, `delete from ${table}`, `truncate ${table}`]) {
      await expect(within(other.tenantId, text)).rejects.toThrow(/permission denied/);
    }
  });

  test("cannot put functions or operators of its own before those that are called", async () => {
    await expect(
      app.query("create function public.search_query_in(text, text, boolean) returns tsquery language sql return null"),
    ).rejects.toThrow(/permission denied/);
    await app.query("begin");
    await app.query("select set_config('app.tenant_id', $1, true)", [own.tenantId]);
    await app.query(
      "create temp table search_segment (tenant_id uuid, kind search_kind, id int, newest timestamptz, oldest timestamptz)",
    );
    await app.query("insert into search_segment select $1, 'MESSAGE', $2, 'infinity', '-infinity'", [
      own.tenantId,
      segment,
    ]);
    await app.query("set local search_path = pg_temp, public");
    const { rows } = await app.query(TEXTS, ["MESSAGE", SECRET]);
    await app.query("rollback");
    expect(rows).toEqual([]);
  });

  test("cannot become the role that reads the index", async () => {
    await expect(app.query("set role parley_search")).rejects.toThrow(/permission denied/);
    const { rows } = await app.query(
      "select rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = 'parley_search'",
    );
    expect(rows).toEqual([{ rolcanlogin: false, rolsuper: false, rolbypassrls: false }]);
  });

  test("cannot run what triggers run", async () => {
    await expect(within(own.tenantId, "select search_note_rows()")).rejects.toThrow(/trigger/);
  });
});

test("the role of the functions reaches the index and nothing else", async () => {
  const owner = new Client({ connectionString: context.urls.ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query<{ name: string }>(
      `select c.relname as name from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
          and has_table_privilege('parley_search', c.oid, 'select, insert, update, delete, truncate') order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(["search_change", "search_document", "search_segment"]);
  } finally {
    await owner.end();
  }
});
