-- Reports: what the log says, counted along the way.
create type report_kind as enum (
  'CONVERSATION', 'RECEIVED', 'SCHEDULED', 'QUEUED', 'UNKNOWN', 'SENT', 'FAILED', 'CANCELLED', 'DELIVERED', 'READ', 'PLAYED'
);

create type ticket_fact_kind as enum (
  'OPENED', 'REOPENED', 'FIRST_RESPONSE', 'NEXT_RESPONSE', 'RESOLUTION', 'SURVEY_ASKED', 'SURVEY_ANSWERED'
);

create table report_progress (
  id integer not null,
  txid bigint not null,
  seq bigint not null,
  progressed_at timestamptz(3) not null default current_timestamp,

  constraint report_progress_pkey primary key (id)
);

create table report_zone (
  tenant_id uuid not null,
  time_zone text not null,

  constraint report_zone_pkey primary key (tenant_id)
);

create table report_subject (
  tenant_id uuid not null,
  subject_id uuid not null,
  kind report_kind not null,
  at timestamptz(3) not null,
  inbox_id uuid not null,
  agent_id uuid,

  constraint report_subject_pkey primary key (tenant_id,subject_id)
);

create table report_day (
  tenant_id uuid not null,
  day date not null,
  kind report_kind not null,
  count bigint not null,

  constraint report_day_pkey primary key (tenant_id,day,kind)
);

create table report_hour (
  tenant_id uuid not null,
  day date not null,
  hour integer not null,
  inbox_id uuid not null,
  agent_id uuid not null,
  kind report_kind not null,
  count bigint not null,

  constraint report_hour_pkey primary key (tenant_id,day,hour,inbox_id,agent_id,kind)
);

create table ticket_fact (
  tenant_id uuid not null,
  ticket_id uuid not null,
  kind ticket_fact_kind not null,
  cycle integer not null,
  at timestamptz(3) not null,
  took_ms bigint,
  score integer,
  inbox_id uuid not null,
  agent_id uuid,
  team_id uuid,

  constraint ticket_fact_pkey primary key (tenant_id,ticket_id,kind,cycle)
);

create table ticket_span (
  tenant_id uuid not null,
  ticket_id uuid not null,
  cycle integer not null,
  began_at timestamptz(3) not null,
  ended_at timestamptz(3),
  inbox_id uuid not null,
  agent_id uuid,
  team_id uuid,

  constraint ticket_span_pkey primary key (tenant_id,ticket_id,cycle)
);

-- What was done in a time, and what was unfinished in it: what has not ended stands last.
create index ticket_fact_tenant_id_kind_at_idx on ticket_fact (tenant_id, kind, at);
create index ticket_span_tenant_id_ended_at_idx on ticket_span (tenant_id, ended_at);

alter table report_progress add constraint report_progress_one check (id = 1);
alter table ticket_span add constraint ticket_span_lasts check (ended_at > began_at);

-- The whole log is followed, so that reports reach back to its beginning.
insert into report_progress (id, txid, seq) values (1, 0, 0);

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array['report_zone', 'report_subject', 'report_day', 'report_hour', 'ticket_fact', 'ticket_span']
  loop
    execute format('grant select, insert, update, delete on %I to parley_system', tbl);
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
    execute format(
      'create policy tenant_rows on %I to parley_app using (tenant_id = %s) with check (tenant_id = %s)',
      tbl, current_tenant, current_tenant
    );
  end loop;
end $$;

alter table report_progress enable row level security;
alter table report_progress force row level security;
create policy system_rows on report_progress to parley_system using (true) with check (true);
grant select, update on report_progress to parley_system;

-- Requests read what was counted; which messages that were is of no use to them.
grant select on report_zone, report_day, report_hour, ticket_fact, ticket_span to parley_app;
