-- Files that customers send are fetched from their channel, and kept in pieces.
create type media_state as enum ('PENDING', 'STORED', 'FAILED');

alter table message_attachment
  add column state media_state not null default 'PENDING',
  add column failure text,
  add column fetch_attempts integer not null default 0,
  add column next_fetch_at timestamptz(3) default now();

-- The owner is bound by policies, too, of which none is for it.
alter table message no force row level security;
alter table message_attachment no force row level security;

-- The channel keeps what it received for a week: what is older cannot be fetched any more.
update message_attachment a
   set state = case when m.occurred_at > now() - interval '7 days' then 'PENDING'::media_state else 'FAILED' end,
       failure = case when m.occurred_at > now() - interval '7 days' then null else 'expired' end,
       next_fetch_at = case when m.occurred_at > now() - interval '7 days' then now() end
  from message m
 where m.tenant_id = a.tenant_id and m.id = a.message_id;

alter table message_attachment force row level security;
alter table message force row level security;

alter table message_attachment
  add constraint message_attachment_pending check ((state = 'PENDING') = (next_fetch_at is not null)),
  add constraint message_attachment_stored check (state <> 'STORED' or (size is not null and sha256 is not null)),
  add constraint message_attachment_failed check (state <> 'FAILED' or failure is not null);

create table media_chunk (
  tenant_id uuid not null,
  attachment_id uuid not null,
  position integer not null,
  bytes bytea not null,

  constraint media_chunk_pkey primary key (tenant_id,attachment_id,position)
);

alter table media_chunk
  add constraint media_chunk_tenant_id_attachment_id_fkey foreign key (tenant_id, attachment_id) references message_attachment(tenant_id, id) on delete cascade on update cascade;

-- Files are packed already, and a part of a value that is not packed can be read by itself.
alter table media_chunk alter column bytes set storage external;
alter table media_chunk add constraint media_chunk_size check (octet_length(bytes) between 1 and 262144);

-- What is to be fetched, by when.
create index message_attachment_due_idx on message_attachment (next_fetch_at) where state = 'PENDING';

alter table media_chunk enable row level security;
alter table media_chunk force row level security;
create policy system_rows on media_chunk to parley_system using (true) with check (true);
create policy tenant_rows on media_chunk to parley_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- The worker writes files, requests read them, and nobody changes one.
grant select, insert, delete on media_chunk to parley_system;
grant select on media_chunk to parley_app;
