import { parseKeyring } from "@parley/runtime";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildContact } from "./builders/build-contact.ts";
import { buildTenant, type BuiltTenant } from "./builders/build-tenant.ts";
import { buildUser } from "./builders/build-user.ts";
import type { BuilderContext } from "./builders/builder-context.ts";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";

/** Tables with a tenant_id whose primary key does not begin with it, and why. */
const KEYED_OTHERWISE: Record<string, string> = {
  raw_webhook_event: "belongs to no tenant until its inbox is known",
  session: "belongs to a person; the tenant is only where they work",
};

let context: TestDatabase & BuilderContext;
let owner: Client;
let first: BuiltTenant;
let second: BuiltTenant;

beforeAll(async () => {
  const keyring = parseKeyring(`test:${Buffer.alloc(32, 1).toString("base64")}`);
  context = { ...(await createTestDatabase()), keyring };
  owner = new Client({ connectionString: context.ownerUrl });
  await owner.connect();
  first = await buildTenant(context);
  second = await buildTenant(context);
  await buildContact(context, { tenantId: first.id });
  await buildContact(context, { tenantId: second.id });
});

afterAll(async () => {
  await owner.end();
  await context.close();
});

async function namesOf(sql: string, values: unknown[] = []): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(sql, values);
  return rows.map((row) => row.name);
}

async function asApplication<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: context.appUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The columns of a table on which the application role holds a privilege. */
function columnsWith(table: string, privilege: string): Promise<string[]> {
  return namesOf(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and has_column_privilege('parley_app', attrelid, attnum, $2)
      order by attnum`,
    [table, privilege],
  );
}

describe("the schema", () => {
  test("has row-level security enabled, forced and with a policy on every table", async () => {
    const bare = await namesOf(
      `select c.relname as name from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_prisma_migrations'
          and (not c.relrowsecurity or not c.relforcerowsecurity
               or not exists (select from pg_policy p where p.polrelid = c.oid))`,
    );
    expect(bare).toEqual([]);
  });

  test("keeps the migration table from both roles", async () => {
    const granted = await namesOf(
      `select role || ' ' || privilege as name
         from unnest(array['parley_app', 'parley_system']) as role,
              unnest(array['select', 'insert', 'update', 'delete']) as privilege
        where has_table_privilege(role, '_prisma_migrations', privilege)`,
    );
    expect(granted).toEqual([]);
  });

  test("begins every primary key of a tenant-owned table with tenant_id", async () => {
    const otherwise = await namesOf(
      `select c.relname as name
         from pg_class c
         join pg_attribute tenant on tenant.attrelid = c.oid and tenant.attname = 'tenant_id'
         left join pg_constraint key on key.conrelid = c.oid and key.contype = 'p'
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and key.conkey[1] is distinct from tenant.attnum
        order by 1`,
    );
    expect(otherwise).toEqual(Object.keys(KEYED_OTHERWISE));
  });

  test("refers from one tenant-owned table to another by (tenant_id, …) only", async () => {
    const crossing = await namesOf(
      `select f.conname as name
         from pg_constraint f
         join pg_attribute a on a.attrelid = f.conrelid and a.attname = 'tenant_id'
         join pg_attribute b on b.attrelid = f.confrelid and b.attname = 'tenant_id'
        where f.contype = 'f'
          and (array_position(f.conkey, a.attnum) is null
               or array_position(f.conkey, a.attnum) is distinct from array_position(f.confkey, b.attnum))`,
    );
    expect(crossing).toEqual([]);
  });

  test("gives every tenant-owned table a policy that compares tenant_id for the application role", async () => {
    const open = await namesOf(
      `select p.polname || ' of ' || p.polrelid::regclass as name
         from pg_policy p
         join pg_attribute tenant on tenant.attrelid = p.polrelid and tenant.attname = 'tenant_id'
        where 'parley_app'::regrole = any(p.polroles)
          and (pg_get_expr(p.polqual, p.polrelid) is distinct from $1
               or pg_get_expr(p.polwithcheck, p.polrelid) is distinct from $1)`,
      ["(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"],
    );
    expect(open).toEqual([]);
  });

  test.each(["event", "audit_log", "usage_event", "quota_recharge"])(
    "lets neither role change or delete what the %s says",
    async (log) => {
      const { rows } = await owner.query(
        `select has_table_privilege(role, $1, 'update,delete,truncate') as allowed
         from unnest(array['parley_app', 'parley_system']) as role`,
        [log],
      );
      expect(rows).toEqual([{ allowed: false }, { allowed: false }]);
      await expect(context.database.withSystem((tx) => tx.event.deleteMany())).rejects.toThrow(/permission denied/);
    },
  );

  test.each([
    ["ai_handled_event", ["select"]],
    ["message_understanding", ["select"]],
    ["ai_rule_progress", ["select", "insert"]],
    ["ai_rule_revision", ["select", "insert", "update"]],
    ["ai_model_call", ["select", "insert", "update"]],
    ["usage_event", ["select"]],
    ["usage_daily", ["select"]],
    ["billing_progress", []],
    ["report_progress", []],
    ["report_subject", ["select"]],
    ["rebuild", []],
    ["report_day", ["select"]],
    ["ticket_fact", ["select"]],
    ["tenant_billing_plan", ["select"]],
    ["quota_meter", ["select", "insert", "update"]],
    ["quota_recharge", ["select", "insert"]],
    ["contact_erasure", ["select", "insert"]],
    ["data_export_chunk", ["select"]],
  ])("lets the application do with %s what requests need, and no more", async (table, needed) => {
    const granted = await namesOf(
      `select privilege as name from unnest(array['select', 'insert', 'update', 'delete']) as privilege
        where has_table_privilege('parley_app', $1, privilege)`,
      [table],
    );
    expect(granted).toEqual(needed);
  });

  test("gives neither role a way around row-level security", async () => {
    const { rows } = await owner.query(
      `select rolname, rolsuper, rolbypassrls from pg_roles where rolname in ('parley_app', 'parley_system') and (rolsuper or rolbypassrls)`,
    );
    expect(rows).toEqual([]);
  });
});

describe("the application role", () => {
  test("sees no row of any table without a tenant", async () => {
    const readable = await namesOf(
      `select relname as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and has_any_column_privilege('parley_app', oid, 'select')`,
    );
    expect(readable).toEqual(expect.arrayContaining(["contact", "app_user"]));
    const counts = await asApplication(async (client) => {
      const found: Record<string, string> = {};
      for (const table of readable) {
        const { rows } = await client.query<{ count: string }>(`select count(*) from "${table}"`);
        found[table] = rows[0]?.count ?? "";
      }
      return found;
    });
    expect(new Set(Object.values(counts))).toEqual(new Set(["0"]));
  });

  test("may read of people, and change of tenants and raw events, these columns and no others", async () => {
    expect(await columnsWith("app_user", "select")).toEqual(["id", "email", "full_name", "created_at", "updated_at"]);
    expect(await columnsWith("app_user", "update")).toEqual([]);
    expect(await columnsWith("tenant", "update")).toEqual([
      "name",
      "reopen_window_minutes",
      "last_ticket_number",
      "updated_at",
      "business_hours",
      "default_inbox_id",
      "holidays",
      "languages",
      "settings_version",
      "time_zone",
      "settings_updated_at",
      "survey",
      "country",
    ]);
    expect(await columnsWith("raw_webhook_event", "update")).toEqual([
      "status",
      "reason",
      "ignored_parts",
      "applied_at",
    ]);
  });

  test("reads its people through Prisma, but not their passwords, nor changes the tenant's plan", async () => {
    const user = await buildUser(context, { tenantId: first.id });
    await buildUser(context, { tenantId: second.id });
    const people = await context.database.withTenant(first.id, (tx) =>
      tx.user.findMany({ select: { id: true, email: true, fullName: true } }),
    );
    expect(people).toEqual([{ id: user.id, email: user.email, fullName: user.fullName }]);
    const passwords = context.database.withTenant(first.id, (tx) => tx.user.findMany());
    await expect(passwords).rejects.toThrow(/permission denied/);
    const renamed = await context.database.withTenant(first.id, (tx) =>
      tx.tenant.update({ where: { id: first.id }, data: { name: "Renamed" } }),
    );
    expect(renamed).toMatchObject({ name: "Renamed", plan: "DEV" });
    const upgraded = context.database.withTenant(first.id, (tx) =>
      tx.tenant.update({ where: { id: first.id }, data: { plan: "ENTERPRISE" } }),
    );
    await expect(upgraded).rejects.toThrow(/permission denied/);
  });

  test("enqueues no job that names another tenant", async () => {
    const enqueue = (payload: object): Promise<unknown> =>
      context.database.withTenant(first.id, (tx) =>
        tx.outbox.createMany({
          data: [{ id: crypto.randomUUID(), queue: "outbound", job: "send_message", jobId: "send-1", payload }],
        }),
      );
    await enqueue({ tenantId: first.id });
    await expect(enqueue({ tenantId: second.id })).rejects.toThrow(/row-level security/);
  });

  test("sees and changes only the tenant's own rows with one", async () => {
    const { seen, changed } = await context.database.withTenant(first.id, async (tx) => ({
      seen: await tx.contact.findMany(),
      changed: await tx.contact.updateMany({ where: { tenantId: second.id }, data: { name: "Changed" } }),
    }));
    expect(seen.map((contact) => contact.tenantId)).toEqual([first.id]);
    expect(changed.count).toBe(0);
  });

  test("cannot write a row for another tenant", async () => {
    const write = context.database.withTenant(first.id, (tx) =>
      tx.contact.create({ data: { tenantId: second.id, id: crypto.randomUUID() } }),
    );
    await expect(write).rejects.toThrow(/row-level security/);
  });

  test("keeps no tenant on a connection after the transaction, committed or rolled back", async () => {
    await asApplication(async (client) => {
      for (const end of ["commit", "rollback"]) {
        await client.query("begin");
        await client.query("select set_config('app.tenant_id', $1, true)", [first.id]);
        expect((await client.query("select from contact")).rowCount).toBe(1);
        await client.query(end);
        expect((await client.query("select from contact")).rowCount).toBe(0);
      }
    });
  });

  test("mixes no tenants in concurrent transactions on few connections", async () => {
    const seen = await Promise.all(
      Array.from({ length: 40 }, async (_empty, index) => {
        const tenant = index % 2 === 0 ? first : second;
        const contacts = await context.database.withTenant(tenant.id, (tx) => tx.contact.findMany());
        return contacts.length === 1 && contacts[0]?.tenantId === tenant.id;
      }),
    );
    expect(seen).not.toContain(false);
  });
});
