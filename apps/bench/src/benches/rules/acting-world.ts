import { createRuleInput, type CreateRuleInput } from "@parley/core/rule-definitions";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchIdSql } from "../../world/bench-ids.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";
import { insertRules } from "./insert-rules.ts";
import { mixOfRules, RULES_PER_TENANT, TENANTS } from "./rule-mix.ts";

/** Enough that rules act on no ticket more often than they may: thirty times an hour. */
const CONTACTS_PER_TENANT = 200;

const INSERT_TICKETS = `
  insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("ticket", "i", "n")}, n + 1, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("contact", "i", "n")}, ${benchIdSql("inbox", "i")}, 'WHATSAPP'
    from generate_series(0, $1::int - 1) i cross join generate_series(0, $2::int - 1) n`;

/** Of what each message says, one of two rules acts on it: one way the first time, the other way the next. */
const WAYS = [
  { says: "Hello, my parcel has not arrived yet and I need it urgently.", word: "urgently", priority: "high" },
  { says: "Hello, my parcel has not arrived yet but there is no hurry.", word: "hurry", priority: "normal" },
] as const;

/** Conversations with tickets that are worked on, and rules of which exactly one acts on each message. */
export async function seedActingWorld(database: BenchDatabase): Promise<void> {
  await seedWorld(database, { inboxes: TENANTS, contactsPerInbox: CONTACTS_PER_TENANT });
  await withSystem(database, async (client) => {
    await client.query(INSERT_TICKETS, [TENANTS, CONTACTS_PER_TENANT]);
    await client.query("update tenant set last_ticket_number = $1", [CONTACTS_PER_TENANT]);
  });
  for (let tenant = 0; tenant < TENANTS; tenant += 1) await insertRules(database, tenant, rulesOf(tenant));
  await analyze(database);
}

/** All but those that act look at everything else first, and at last at what no ticket has. */
function rulesOf(tenant: number): CreateRuleInput[] {
  const others = mixOfRules(tenant, (condition) => ({
    all: [condition, { field: "ticket.category", operator: "equals", value: "nothing has this" }],
  }));
  const acting = WAYS.map(({ word, priority }) =>
    createRuleInput.parse({
      name: `Says ${word}`,
      trigger: "incoming_message",
      executionMode: "auto_execute",
      conditions: { field: "message.text", operator: "contains", value: word },
      actions: [{ type: "set_priority", priority }],
    }),
  );
  return [...acting, ...others].slice(0, RULES_PER_TENANT);
}

/** Who writes the `index`-th message, and what: the tenants in turn, and in each its contacts. */
export function plannedMessage(index: number): { inbox: number; contact: number; text: string } {
  const turn = Math.floor(index / TENANTS);
  const way = WAYS[Math.floor(turn / CONTACTS_PER_TENANT) % WAYS.length] ?? WAYS[0];
  // In an order that skips about.
  return { inbox: index % TENANTS, contact: (turn * 77) % CONTACTS_PER_TENANT, text: way.says };
}
