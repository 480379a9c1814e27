import { randomBytes } from "node:crypto";
import type { TestContext } from "@parley/queue/testing";
import { runAsOwner } from "@parley/testing";
import { ownedTables, type OwnedTable, type Tenants } from "./owned-rows.fixture.ts";

/** Sees whatever is written to the rows of some companies, whoever writes it and however. */
export interface RowWatch {
  /** What was written since the last look, or since the watch began; empty when all is as it was. */
  look(): Promise<WrittenRow[]>;
}

/** `before` is null of a row that is new, `after` of one that is gone; of a table that was emptied both are. */
export interface WrittenRow {
  table: string;
  how: "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE";
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/**
 * Triggers that write down each row of the tenants that is written, in the same transaction. A look costs the same
 * however many rows there are, so one may look after every request; comparing all rows with what they were would not do.
 */
export async function watchRows(context: TestContext, tenants: Tenants): Promise<RowWatch> {
  const tables = await ownedTables(context);
  const schema = `watch_${randomBytes(6).toString("hex")}`;
  await runAsOwner(
    context.urls,
    [createSql(schema), ...tables.map((table) => triggersSql(schema, table, tenants))].join(""),
  );
  const look = lookSql(schema, tables);
  return {
    look: () => context.database.withSystem((tx) => tx.$queryRawUnsafe<WrittenRow[]>(look, tenants)),
  };
}

/** Whoever writes may not read what others wrote, hence "security definer". */
const createSql = (schema: string): string => `
  create schema ${schema};
  create table ${schema}.written (
    id bigint generated always as identity, "table" text not null, how text not null, before jsonb, after jsonb
  );
  grant usage on schema ${schema} to parley_system;
  grant select, delete on ${schema}.written to parley_system;
  create function ${schema}.write_down() returns trigger language plpgsql security definer set search_path = '' as $$
  begin
    insert into ${schema}.written ("table", how, before, after) values (
      tg_table_name, tg_op,
      case when tg_op in ('UPDATE', 'DELETE') then to_jsonb(old) end,
      case when tg_op in ('INSERT', 'UPDATE') then to_jsonb(new) end
    );
    return null;
  end $$;`;

/**
 * An update that changes nothing is none. Rows of tables without a tenant_id are written down whosesoever they are, and
 * sorted out by the look.
 */
function triggersSql(schema: string, { table, hasTenantId }: OwnedTable, tenants: Tenants): string {
  const list = tenants.map((tenant) => `'${tenant}'`).join(", ");
  const isOf = (row: string): string => (hasTenantId ? `${row}.tenant_id in (${list})` : "true");
  const trigger = (how: string, when: string): string => `
    create trigger ${schema}_${how} after ${how} on "${table}" for each row when (${when})
      execute function ${schema}.write_down();`;
  return `${trigger("insert", isOf("new"))}${trigger("delete", isOf("old"))}
    ${trigger("update", `(${isOf("old")} or ${isOf("new")}) and old.* *<> new.*`)}
    create trigger ${schema}_truncate after truncate on "${table}" execute function ${schema}.write_down();`;
}

/** Takes what was written down; `$1` are the tenants. */
function lookSql(schema: string, tables: readonly OwnedTable[]): string {
  const others = tables.filter(({ hasTenantId }) => !hasTenantId);
  const isTheirs = others.map(
    ({ table, where }) => `
      when '${table}' then exists (
        select from (select (jsonb_populate_record(null::"${table}", r)).*
                       from unnest(array[w.before, w.after]) r where r is not null) t
         where ${where})`,
  );
  return `
    with taken as (delete from ${schema}.written returning *)
    select w."table", w.how, w.before, w.after from taken w
     where w.how = 'TRUNCATE' or case w."table" ${isTheirs.join("")} else true end
     order by w.id`;
}
