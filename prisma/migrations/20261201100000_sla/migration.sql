-- Promises about tickets: what they are, what became of them, and what happens to tickets in which nobody writes.
create type sla_clock as enum ('CALENDAR', 'BUSINESS_HOURS');

create type sla_metric as enum ('FIRST_RESPONSE', 'NEXT_RESPONSE', 'RESOLUTION');

create type sla_timer_state as enum ('RUNNING', 'PAUSED', 'MET', 'BREACHED', 'CANCELLED');

create type sla_state as enum ('NONE', 'PAUSED', 'ON_TRACK', 'AT_RISK', 'BREACHED');

create type sla_step_state as enum ('WAITING', 'DONE', 'SKIPPED', 'FAILED');

create table sla_policy (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  position integer not null,
  is_active boolean not null default true,
  match jsonb not null default '{}',
  clock sla_clock not null default 'CALENDAR',
  hours jsonb,
  targets jsonb not null,
  pause_in ticket_status[] default array[]::ticket_status[],
  warn_at_percent integer,
  auto_replies_count boolean not null default true,
  escalations jsonb not null default '[]',
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,

  constraint sla_policy_pkey primary key (tenant_id,id)
);

create table auto_close_rule (
  tenant_id uuid not null,
  status ticket_status not null,
  after_seconds integer not null,
  clock sla_clock not null default 'CALENDAR',
  closes_as ticket_status not null,
  notice_seconds integer,
  notice_text text,

  constraint auto_close_rule_pkey primary key (tenant_id,status)
);

create table sla_rulebook (
  tenant_id uuid not null,
  revision integer not null,
  is_followed boolean not null,

  constraint sla_rulebook_pkey primary key (tenant_id)
);

create table sla_revision (
  tenant_id uuid not null,
  revision integer not null,
  effective_at timestamptz(3) not null,
  definition jsonb not null,

  constraint sla_revision_pkey primary key (tenant_id,revision)
);

create table sla_progress (
  tenant_id uuid not null,
  txid bigint not null,
  seq bigint not null,
  revision integer not null,
  revision_txid bigint not null,
  position integer not null default 0,
  last_priority ticket_priority,
  last_created_at timestamptz(3),
  last_id uuid,
  judged integer not null default 0,
  started_at timestamptz(3) not null,
  progressed_at timestamptz(3) not null,
  finished_at timestamptz(3),

  constraint sla_progress_pkey primary key (tenant_id)
);

create table sla_ticket (
  tenant_id uuid not null,
  ticket_id uuid not null,
  conversation_id uuid not null,
  policy_id uuid,
  state sla_state not null default 'NONE',
  seen text,

  constraint sla_ticket_pkey primary key (tenant_id,ticket_id)
);

create table sla_timer (
  tenant_id uuid not null,
  ticket_id uuid not null,
  metric sla_metric not null,
  cycle integer not null,
  policy_id uuid not null,
  revision integer not null,
  state sla_timer_state not null,
  started_at timestamptz(3) not null,
  target_ms bigint not null,
  breach_at timestamptz(3),
  paused_at timestamptz(3),
  remaining_ms bigint,
  warned_at timestamptz(3),
  breached_at timestamptz(3),
  settled_at timestamptz(3),
  decided_at timestamptz(3),
  late_ms bigint,
  user_id uuid,
  team_id uuid,
  escalated_seconds integer,
  due_at timestamptz(3),

  constraint sla_timer_pkey primary key (tenant_id,ticket_id,metric,cycle)
);

create table sla_step (
  tenant_id uuid not null,
  ticket_id uuid not null,
  metric sla_metric not null,
  cycle integer not null,
  position integer not null,
  actions jsonb not null,
  state sla_step_state not null default 'WAITING',
  reason text,
  created_at timestamptz(3) not null default current_timestamp,
  done_at timestamptz(3),

  constraint sla_step_pkey primary key (tenant_id,ticket_id,metric,cycle,position)
);

create table ticket_tag_change (
  tenant_id uuid not null,
  ticket_id uuid not null,
  txid bigint not null default ((pg_current_xact_id())::text)::bigint,
  tags_before text[] default array[]::text[],
  tags text[] default array[]::text[],

  constraint ticket_tag_change_pkey primary key (tenant_id,ticket_id,txid)
);

create unique index sla_policy_tenant_id_name_key on sla_policy(tenant_id, name);

alter table sla_policy add constraint sla_policy_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table auto_close_rule add constraint auto_close_rule_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table sla_rulebook add constraint sla_rulebook_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table sla_revision add constraint sla_revision_tenant_id_fkey foreign key (tenant_id) references sla_rulebook(tenant_id) on delete cascade on update cascade;

alter table sla_progress add constraint sla_progress_tenant_id_fkey foreign key (tenant_id) references sla_rulebook(tenant_id) on delete cascade on update cascade;

alter table sla_ticket add constraint sla_ticket_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table sla_timer add constraint sla_timer_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references sla_ticket(tenant_id, ticket_id) on delete cascade on update cascade;

alter table sla_step add constraint sla_step_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references sla_ticket(tenant_id, ticket_id) on delete cascade on update cascade;

alter table ticket_tag_change add constraint ticket_tag_change_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table sla_policy add constraint sla_policy_warns check (warn_at_percent between 1 and 99);
alter table auto_close_rule add constraint auto_close_rule_ends check (closes_as in ('RESOLVED', 'CLOSED'));
alter table auto_close_rule add constraint auto_close_rule_tells check ((notice_seconds is null) = (notice_text is null));

-- What happens next, whoever's it is; and what counts in reports.
create index sla_timer_due_idx on sla_timer (due_at) where due_at is not null;
create index sla_timer_decided_idx on sla_timer (tenant_id, decided_at) where decided_at is not null;
-- Lists of tickets by what threatens them. A predicate needs no operator, which would have to be leakproof.
create index sla_ticket_paused_idx on sla_ticket (tenant_id, ticket_id) where state = 'PAUSED';
create index sla_ticket_at_risk_idx on sla_ticket (tenant_id, ticket_id) where state = 'AT_RISK';
create index sla_ticket_breached_idx on sla_ticket (tenant_id, ticket_id) where state = 'BREACHED';
-- What lost its job.
create index sla_step_waiting_idx on sla_step (created_at) where state = 'WAITING';
create index sla_progress_unfinished_idx on sla_progress (progressed_at) where finished_at is null;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array[
    'sla_policy', 'auto_close_rule', 'sla_rulebook', 'sla_revision', 'sla_progress', 'sla_ticket', 'sla_timer', 'sla_step',
    'ticket_tag_change'
  ]
  loop
    execute format('grant select, insert, update, delete on %I to parley_app, parley_system', tbl);
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
    execute format(
      'create policy tenant_rows on %I to parley_app using (tenant_id = %s) with check (tenant_id = %s)',
      tbl, current_tenant, current_tenant
    );
  end loop;
end $$;

-- Only the worker judges, and what tickets were judged by stays.
revoke insert, update, delete on sla_ticket, sla_timer, sla_step from parley_app;
revoke update, delete on sla_revision from parley_app, parley_system;
revoke delete on sla_rulebook, sla_progress, ticket_tag_change from parley_app;
