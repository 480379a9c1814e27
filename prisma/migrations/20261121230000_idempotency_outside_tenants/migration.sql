-- Answers under an Idempotency-Key where no tenant is known: to somebody who signs in, changes a password or accepts an
-- invitation, and to a SUPER_ADMIN outside any tenant. They hold tokens, so they are encrypted, and requests of a tenant do
-- not reach them.
create table platform_idempotency_key (
  owner_hash bytea not null,
  key text not null,
  request_hash bytea not null,
  sealed_answer text,
  created_at timestamptz(3) not null default current_timestamp,
  constraint platform_idempotency_key_pkey primary key (owner_hash, key)
);

create index platform_idempotency_key_created_at_idx on platform_idempotency_key (created_at);

grant select, insert, update, delete on platform_idempotency_key to parley_system;
alter table platform_idempotency_key enable row level security;
alter table platform_idempotency_key force row level security;
create policy system_rows on platform_idempotency_key to parley_system using (true) with check (true);
