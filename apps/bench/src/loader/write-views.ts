import type pg from "pg";
import { benchIdSql } from "../world/bench-ids.ts";
import { ERA } from "./era.ts";
import { MEMBERS } from "./members.ts";

interface View {
  name: string;
  /** As `core/tickets` reads it. */
  filter: Record<string, unknown>;
}

const UNFINISHED = ["open", "pending", "waiting_customer", "escalated"];

/** The owner's, for everybody. */
const SHARED: readonly View[] = [
  { name: "Open", filter: { status: ["open"] } },
  { name: "Nobody's", filter: { status: ["open", "escalated"], assigneeId: "none", isSnoozed: false } },
  { name: "Urgent", filter: { status: UNFINISHED, priority: ["urgent"] } },
  { name: "Escalated", filter: { status: ["escalated"] } },
  { name: "Waiting for customers", filter: { status: ["waiting_customer"] } },
  { name: "Marketplaces", filter: { status: UNFINISHED, channel: ["amazon", "cdiscount"] } },
  { name: "Legal", filter: { status: UNFINISHED, tag: ["legal"] } },
];

/** Everybody's own. */
const PERSONAL: readonly View[] = [
  { name: "Mine", filter: { status: UNFINISHED, assigneeId: "me" } },
  { name: "Mine, important", filter: { status: UNFINISHED, assigneeId: "me", priority: ["high", "urgent"] } },
];

const PER_MEMBER = SHARED.length + PERSONAL.length;

const INSERT_SHARED = `
  insert into saved_view (tenant_id, id, owner_id, name, is_shared, filter, created_at, updated_at)
  select ${benchIdSql("tenant", "t")}, ${benchIdSql("view", "t", "$2::int")}, ${benchIdSql("agent", "t")}, $3, true, $4,
         timestamptz '${ERA.from}', timestamptz '${ERA.from}'
    from generate_series(0, $1::int - 1) t`;

const INSERT_PERSONAL = `
  insert into saved_view (tenant_id, id, owner_id, name, filter, created_at, updated_at)
  select ${benchIdSql("tenant", "t")}, ${benchIdSql("view", "t", `(m + 1) * ${PER_MEMBER} + $2::int`)},
         ${benchIdSql("agent", "t", "m")}, $3, $4,
         timestamptz '${ERA.from}', timestamptz '${ERA.from}'
    from generate_series(0, $1::int - 1) t cross join generate_series(0, ${MEMBERS.count - 1}) m`;

/** Saved views of every tenant: some for everybody, some of each member. */
export async function writeViews(client: pg.Client, tenants: number): Promise<void> {
  for (const [number, { name, filter }] of SHARED.entries()) {
    await client.query(INSERT_SHARED, [tenants, number, name, filter]);
  }
  for (const [number, { name, filter }] of PERSONAL.entries()) {
    await client.query(INSERT_PERSONAL, [tenants, number, name, filter]);
  }
}
