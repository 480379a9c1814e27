-- What a company has of one person: given out as an archive, and erased.
create type data_export_status as enum ('RUNNING', 'READY', 'EXPIRED', 'FAILED');

create type erasure_status as enum ('RUNNING', 'DONE');

alter table contact add column erased_at timestamptz(3);

create table data_export (
  tenant_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  status data_export_status not null default 'RUNNING',
  size integer not null default 0,
  chunks integer not null default 0,
  created_by uuid not null,
  created_at timestamptz(3) not null,
  progressed_at timestamptz(3) not null,
  expires_at timestamptz(3),

  constraint data_export_pkey primary key (tenant_id,id)
);

create table data_export_chunk (
  tenant_id uuid not null,
  export_id uuid not null,
  position integer not null,
  sealed text not null,

  constraint data_export_chunk_pkey primary key (tenant_id,export_id,position)
);

create table contact_erasure (
  tenant_id uuid not null,
  id uuid not null,
  contact_id uuid not null,
  status erasure_status not null default 'RUNNING',
  step text not null,
  cursor jsonb,
  counts jsonb not null default '{}',
  sealed_traces text,
  txid bigint not null,
  requested_by uuid not null,
  created_at timestamptz(3) not null,
  progressed_at timestamptz(3) not null,
  finished_at timestamptz(3),

  constraint contact_erasure_pkey primary key (tenant_id,id)
);

create index data_export_tenant_id_contact_id_idx on data_export (tenant_id, contact_id);

-- Somebody is erased once, whoever asks at the same time.
create unique index contact_erasure_tenant_id_contact_id_key on contact_erasure (tenant_id, contact_id);

alter table data_export
  add constraint data_export_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table data_export_chunk
  add constraint data_export_chunk_tenant_id_export_id_fkey foreign key (tenant_id, export_id) references data_export(tenant_id, id) on delete cascade on update cascade;

alter table contact_erasure
  add constraint contact_erasure_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

-- Encrypted bytes do not pack.
alter table data_export_chunk alter column sealed set storage external;

-- What does not go on, and what is to be forgotten.
create index data_export_running_idx on data_export (progressed_at) where status = 'RUNNING';
create index data_export_expires_idx on data_export (expires_at) where status = 'READY';
create index contact_erasure_running_idx on contact_erasure (progressed_at) where status = 'RUNNING';

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array['data_export', 'data_export_chunk', 'contact_erasure']
  loop
    execute format('grant select, insert, update, delete on %I to parley_system', tbl);
    execute format('grant select, insert on %I to parley_app', tbl);
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
    execute format(
      'create policy tenant_rows on %I to parley_app using (tenant_id = %s) with check (tenant_id = %s)',
      tbl, current_tenant, current_tenant
    );
  end loop;
end $$;

-- Archives are the worker's, and fetched by requests. That somebody was erased is never taken back.
revoke insert on data_export_chunk from parley_app;
revoke update on data_export_chunk from parley_system;
revoke delete on contact_erasure from parley_system;

-- What rules did stays as it was, but for what it says of somebody who is erased.
grant update (failing, error) on ai_rule_execution to parley_system;
grant update (effect) on ai_action_receipt to parley_system;
