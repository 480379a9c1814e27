-- Files of contacts: their bytes, how far their rows were written, and which were not.
create type contact_import_status as enum ('UPLOADING', 'RUNNING', 'PAUSED', 'CANCELLED', 'DONE', 'FAILED');

create type contact_import_match as enum ('UPDATE', 'SKIP');

create table contact_import (
  tenant_id uuid not null,
  id uuid not null,
  status contact_import_status not null default 'UPLOADING',
  is_dry_run boolean not null,
  on_match contact_import_match not null,
  file_name text,
  encoding text not null default 'utf-8',
  delimiter text not null default ',',
  columns jsonb not null default '[]',
  size integer not null default 0,
  chunks integer not null default 0,
  next_chunk integer not null default 0,
  next_offset integer not null default 0,
  rows integer not null default 0,
  created integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  failed integer not null default 0,
  unreadable integer not null default 0,
  reason text,
  created_by uuid not null,
  created_at timestamptz(3) not null default current_timestamp,
  progressed_at timestamptz(3) not null default current_timestamp,
  finished_at timestamptz(3),

  constraint contact_import_pkey primary key (tenant_id,id)
);

create table contact_import_chunk (
  tenant_id uuid not null,
  import_id uuid not null,
  position integer not null,
  bytes bytea not null,

  constraint contact_import_chunk_pkey primary key (tenant_id,import_id,position)
);

create table contact_import_error (
  tenant_id uuid not null,
  import_id uuid not null,
  row integer not null,
  reason text not null,
  cells jsonb not null,

  constraint contact_import_error_pkey primary key (tenant_id,import_id,row)
);

create table contact_import_key (
  tenant_id uuid not null,
  import_id uuid not null,
  type identifier_type not null,
  value text not null,
  contact_id uuid not null,

  constraint contact_import_key_pkey primary key (tenant_id,import_id,type,value)
);

alter table contact_import
  add constraint contact_import_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table contact_import_chunk
  add constraint contact_import_chunk_tenant_id_import_id_fkey foreign key (tenant_id, import_id) references contact_import(tenant_id, id) on delete cascade on update cascade;

alter table contact_import_error
  add constraint contact_import_error_tenant_id_import_id_fkey foreign key (tenant_id, import_id) references contact_import(tenant_id, id) on delete cascade on update cascade;

alter table contact_import_key
  add constraint contact_import_key_tenant_id_import_id_fkey foreign key (tenant_id, import_id) references contact_import(tenant_id, id) on delete cascade on update cascade;

-- Written once and read once: not worth the time that packing takes.
alter table contact_import_chunk alter column bytes set storage external;

-- Whose turn it is, what was given up, and what is to be forgotten.
create index contact_import_running_idx on contact_import (tenant_id, id) where status = 'RUNNING';
create index contact_import_resting_idx on contact_import (progressed_at) where status in ('UPLOADING', 'PAUSED');
create index contact_import_finished_idx on contact_import (finished_at) where finished_at is not null;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array['contact_import', 'contact_import_chunk', 'contact_import_error', 'contact_import_key']
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

-- The bytes are what was sent. What became of a row is the worker's to say.
revoke update on contact_import_chunk, contact_import_error, contact_import_key from parley_app, parley_system;
revoke insert on contact_import_error, contact_import_key from parley_app;
