-- What follows from other rows can be computed anew while it is in use: on an operator's word, or because days are cut differently.
create type rebuild_target as enum ('SEARCH', 'REPORTS', 'USAGE');
create type rebuild_status as enum ('RUNNING', 'DONE');

create table rebuild (
  tenant_id uuid not null,
  id uuid not null,
  target rebuild_target not null,
  status rebuild_status not null default 'RUNNING',
  step text not null,
  after uuid,
  rows integer not null default 0,
  created_by uuid not null,
  created_at timestamptz(3) not null,
  progressed_at timestamptz(3) not null,
  finished_at timestamptz(3),

  constraint rebuild_pkey primary key (tenant_id,id),
  constraint rebuild_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade
);

-- One at a time; and whoever wakes those that do not go on reads no others.
create unique index rebuild_running_key on rebuild (tenant_id, target) where status = 'RUNNING';

alter table rebuild add constraint rebuild_finished check ((status = 'DONE') = (finished_at is not null));

alter table rebuild enable row level security;
alter table rebuild force row level security;
create policy system_rows on rebuild to parley_system using (true) with check (true);
-- Operators' own: requests of companies have no use for it.
grant select, insert, update on rebuild to parley_system;

-- Reports: days that are cut anew stand beside those that are read, until they are whole.
alter table report_zone
  add column next_time_zone text,
  add column filled_to uuid,
  add constraint report_zone_next check ((next_time_zone is null) = (filled_to is null));
alter table report_day add column is_next boolean not null default false;
alter table report_day drop constraint report_day_pkey;
alter table report_day add constraint report_day_pkey primary key (tenant_id,day,kind,is_next);
alter table report_hour add column is_next boolean not null default false;
alter table report_hour drop constraint report_hour_pkey;
alter table report_hour add constraint report_hour_pkey primary key (tenant_id,day,hour,inbox_id,agent_id,kind,is_next);

-- Teams and tags are a ticket's, as it is now: messages of some days are looked up for them.
create index report_subject_tenant_id_at_idx on report_subject (tenant_id, at);
grant select on report_subject to parley_app;

-- Search: changes are taken by kind, so that none waits behind a million of another.
alter table search_change drop constraint search_change_pkey;
alter table search_change add constraint search_change_pkey primary key (tenant_id,kind,seq);

-- What is deleted is a change, too: whoever has read it before may be writing its document, which nobody else sees yet.
create or replace function search_forget_rows() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  if tg_table_name = 'contact_identifier' then
    insert into search_change (tenant_id, kind, subject_id)
    select distinct r.tenant_id, 'CONTACT'::search_kind, r.contact_id from old_rows r;
  else
    delete from search_document d using old_rows r
     where d.tenant_id = r.tenant_id and d.kind = upper(tg_table_name)::search_kind and d.id = r.id;
    insert into search_change (tenant_id, kind, subject_id)
    select r.tenant_id, upper(tg_table_name)::search_kind, r.id from old_rows r;
  end if;
  return null;
end $$;

-- When it was said is a part of the document: of what is put off, it changes.
drop trigger search_changed on message;
create trigger search_changed after update of content, occurred_at on message for each row
  when (old.content is distinct from new.content
        or (old.occurred_at <> new.occurred_at and new.content ->> 'text' <> ''))
  execute function search_note_row();

-- A message may be understood after it was indexed, and in another language than it looked like.
create function search_note_languages() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  insert into search_change (tenant_id, kind, subject_id)
  select r.tenant_id, 'MESSAGE', r.message_id
    from new_rows r
    left join lateral (
      select d.language from search_document d
       where d.tenant_id = r.tenant_id and d.kind = 'MESSAGE' and d.id = r.message_id limit 1) d on true
   where r.language is not null and d.language is distinct from r.language;
  return null;
end $$;

create trigger search_inserted after insert on message_understanding referencing new table as new_rows
  for each statement execute function search_note_languages();

grant create on schema public to parley_search;
revoke execute on function search_note_languages() from public;
grant execute on function search_note_languages() to parley_app, parley_system;
alter function search_note_languages() owner to parley_search;
revoke create on schema public from parley_search;
