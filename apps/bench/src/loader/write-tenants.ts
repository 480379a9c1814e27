import type pg from "pg";
import { benchId, benchIdSql, benchPhoneNumberId } from "../world/bench-ids.ts";
import { PASSWORD_HASHES } from "../world/seed-agents.ts";
import { ATTRIBUTES } from "./attributes.ts";
import { createDraw, textArray } from "./draw.ts";
import { ERA, TIME_ZONE } from "./era.ts";
import { INBOXES } from "./inboxes.ts";
import type { LoadSize } from "./load-size.ts";
import { MEMBERS } from "./members.ts";
import { LANGUAGES } from "./phrases/write-phrases.ts";
import { TEAMS, teamOfMemberSql } from "./teams.ts";
import { writeViews } from "./write-views.ts";

const STYLES = ["Blue", "Nordic", "Little", "Grand", "Urban", "Golden", "Green", "Atlantic", "Quiet", "Modern"];
const TRADES = ["Garden", "Kitchen", "Outdoor", "Light", "Home", "Bike", "Audio", "Toys", "Tools", "Fashion"];

const FROM = `timestamptz '${ERA.from}'`;
const TENANTS = `generate_series(0, $1::int - 1) t`;
const MEMBERSHIPS = `${TENANTS} cross join generate_series(0, ${MEMBERS.count - 1}) m`;

const INSERT_USERS = `
  insert into app_user (id, email, password_hash, full_name, created_at, updated_at)
  select ${benchIdSql("agent", "t", "m")}, 'member' || m || '@company-' || t || '.example', '${PASSWORD_HASHES[4]}',
         'Member ' || m, ${FROM}, ${FROM}
    from ${MEMBERSHIPS}`;

/** Nobody is at work until somebody says so; the capacity is that of people who have nothing else to do. */
const INSERT_MEMBERSHIPS = `
  insert into membership (tenant_id, user_id, role, capacity, availability_changed_at, created_at, updated_at)
  select ${benchIdSql("tenant", "t")}, ${benchIdSql("agent", "t", "m")},
         (case when m = 0 then 'OWNER' when m <= ${MEMBERS.managers} then 'MANAGER' else 'AGENT' end)::membership_role,
         50, ${FROM}, ${FROM}, ${FROM}
    from ${MEMBERSHIPS}`;

const INSERT_TEAMS = `
  insert into team (tenant_id, id, name, created_at, updated_at)
  select ${benchIdSql("tenant", "t")}, ${benchIdSql("team", "t", "position - 1")}, name, ${FROM}, ${FROM}
    from ${TENANTS} cross join unnest($2::text[]) with ordinality as team (name, position)`;

const INSERT_TEAM_MEMBERSHIPS = `
  insert into team_membership (tenant_id, team_id, user_id, role, created_at)
  select ${benchIdSql("tenant", "t")}, ${teamOfMemberSql("t", "m")}, ${benchIdSql("agent", "t", "m")},
         (case when m <= ${MEMBERS.managers} then 'LEAD' else 'MEMBER' end)::team_role, ${FROM}
    from ${MEMBERSHIPS}
   where m > 0`;

/** Without credentials: whoever wants to send seals some with a key of their own. */
const INSERT_INBOXES = `
  insert into inbox (tenant_id, id, name, channel, external_id, config, created_at, updated_at)
  select tenant_id, id, name, channel, external_id, '{}', ${FROM}, ${FROM}
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::channel[], $5::text[])
         as i (tenant_id, id, name, channel, external_id)`;

const INSERT_ATTRIBUTES = `
  insert into ticket_attribute (tenant_id, id, key, label, type, options, created_at, updated_at)
  select ${benchIdSql("tenant", "t")}, ${benchIdSql("attribute", "t", "$2::int")}, $3, $4, $5::attribute_type, $6,
         ${FROM}, ${FROM}
    from ${TENANTS}`;

/** Companies with their people, teams, inboxes, attributes and views. */
export async function writeTenants(client: pg.Client, { tenants, seed }: LoadSize): Promise<void> {
  await client.query(insertTenants(seed), [tenants]);
  await client.query(INSERT_USERS, [tenants]);
  await client.query(INSERT_MEMBERSHIPS, [tenants]);
  await client.query(INSERT_TEAMS, [tenants, TEAMS]);
  await client.query(INSERT_TEAM_MEMBERSHIPS, [tenants]);
  await writeInboxes(client, tenants);
  for (const [number, { key, label, type, options }] of ATTRIBUTES.entries()) {
    await client.query(INSERT_ATTRIBUTES, [tenants, number, key, label, type, options]);
  }
  await writeViews(client, tenants);
}

function insertTenants(seed: number): string {
  const draw = createDraw(`${seed}/tenants`);
  const name = `${draw.oneOf("style", "t", STYLES)} || ' ' || ${draw.oneOf("trade", "t", TRADES)} || ' ' || t`;
  const plan = draw.weighted("plan", "t", { DEV: 10, STARTER: 50, PRO: 30, ENTERPRISE: 10 });
  return `
    insert into tenant (id, name, slug, status, plan, time_zone, languages, created_at, updated_at,
                        settings_updated_at)
    select ${benchIdSql("tenant", "t")}, ${name}, 'company-' || t, 'ACTIVE', (${plan})::tenant_plan, '${TIME_ZONE}',
           ${textArray(Object.keys(LANGUAGES))}, ${FROM}, ${FROM}, ${FROM}
      from ${TENANTS}`;
}

async function writeInboxes(client: pg.Client, tenants: number): Promise<void> {
  const all = Array.from({ length: tenants }, (_empty, tenant) =>
    INBOXES.map(({ name, channel }, number) => ({
      tenantId: benchId("tenant", tenant),
      id: benchId("inbox", tenant, number),
      name,
      channel,
      externalId: channel === "WHATSAPP" ? benchPhoneNumberId(tenant) : null,
    })),
  ).flat();
  await client.query(INSERT_INBOXES, [
    all.map(({ tenantId }) => tenantId),
    all.map(({ id }) => id),
    all.map(({ name }) => name),
    all.map(({ channel }) => channel),
    all.map(({ externalId }) => externalId),
  ]);
}
