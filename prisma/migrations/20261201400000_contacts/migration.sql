-- Contacts: what they are known by elsewhere, a company's own fields for them, saved filters, and two that become one.
alter type identifier_type add value 'FACEBOOK';
alter type identifier_type add value 'INSTAGRAM';
alter type identifier_type add value 'TELEGRAM';
alter type identifier_type add value 'WEBCHAT';
alter type identifier_type add value 'AMAZON';
alter type identifier_type add value 'CDISCOUNT';
alter type identifier_type add value 'FNAC';
alter type identifier_type add value 'MANOMANO';
alter type identifier_type add value 'RAKUTEN';
alter type identifier_type add value 'VINTED';
alter type identifier_type add value 'BACKMARKET';
alter type identifier_type add value 'MIRAKL';
alter type identifier_type add value 'EXTERNAL';

alter table tenant
  add column country text;

alter table contact
  add column attributes jsonb not null default '{}',
  add column version integer not null default 1;

alter table contact_identifier
  add column merge_id uuid;

create table contact_attribute (
  tenant_id uuid not null,
  id uuid not null,
  key text not null,
  label text not null,
  type attribute_type not null,
  options text[] default array[]::text[],
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,

  constraint contact_attribute_pkey primary key (tenant_id,id)
);

create table segment (
  tenant_id uuid not null,
  id uuid not null,
  owner_id uuid not null,
  name text not null,
  is_shared boolean not null default false,
  filter jsonb not null,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,

  constraint segment_pkey primary key (tenant_id,id)
);

create table contact_merge (
  tenant_id uuid not null,
  id uuid not null,
  source_id uuid not null,
  target_id uuid not null,
  merged_by uuid,
  merged_at timestamptz(3) not null,
  undoable_until timestamptz(3) not null,
  undone_at timestamptz(3),
  undo jsonb,

  constraint contact_merge_pkey primary key (tenant_id,id)
);

create table contact_merge_message (
  tenant_id uuid not null,
  merge_id uuid not null,
  message_id uuid not null,
  conversation_id uuid,

  constraint contact_merge_message_pkey primary key (tenant_id,merge_id,message_id)
);

create index contact_identifier_tenant_id_value_idx on contact_identifier(tenant_id, value);

create unique index contact_attribute_tenant_id_key_key on contact_attribute(tenant_id, key);

create index segment_tenant_id_owner_id_idx on segment(tenant_id, owner_id);

create index contact_merge_tenant_id_source_id_idx on contact_merge(tenant_id, source_id);

create index contact_merge_tenant_id_target_id_idx on contact_merge(tenant_id, target_id);

alter table contact_attribute add constraint contact_attribute_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table segment add constraint segment_tenant_id_owner_id_fkey foreign key (tenant_id, owner_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table contact_merge add constraint contact_merge_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table contact_merge_message add constraint contact_merge_message_tenant_id_merge_id_fkey foreign key (tenant_id, merge_id) references contact_merge(tenant_id, id) on delete cascade on update cascade;

-- Lists of few among many. A predicate needs no operator, which would have to be leakproof.
create index contact_tagged_idx on contact (tenant_id, id desc) where tags <> '{}';
create index contact_attributed_idx on contact (tenant_id, id desc) where attributes <> '{}';
create index contact_blocked_idx on contact (tenant_id, id desc) where blocked_at is not null;

grant update (country) on tenant to parley_app;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array['contact_attribute', 'segment', 'contact_merge', 'contact_merge_message']
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

-- That two contacts were merged, and which, stays.
revoke update, delete on contact_merge from parley_app;
grant update (undone_at, undo) on contact_merge to parley_app;

-- A ticket's conversation is another one once two contacts are one; what the ticket was judged by stays the worker's.
grant update (conversation_id) on sla_ticket to parley_app;
