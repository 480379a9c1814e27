-- A session becomes a row of its own, which access tokens name as well. Who was signed in signs in again.
delete from refresh_token;

alter table refresh_token drop constraint refresh_token_user_id_fkey;
drop index refresh_token_family_id_idx;
drop index refresh_token_user_id_idx;
alter table refresh_token
  drop column family_id,
  drop column revoked_at,
  drop column tenant_id,
  drop column user_id,
  add column session_id uuid not null;

create table session (
  id uuid not null,
  user_id uuid not null,
  tenant_id uuid,
  address text,
  user_agent text,
  created_at timestamptz(3) not null default current_timestamp,
  last_used_at timestamptz(3) not null default current_timestamp,
  revoked_at timestamptz(3),
  constraint session_pkey primary key (id)
);

create index session_user_id_idx on session (user_id);
create index session_last_used_at_idx on session (last_used_at);
create index refresh_token_session_id_idx on refresh_token (session_id);

alter table session
  add constraint session_user_id_fkey foreign key (user_id) references app_user (id) on delete restrict on update cascade;
alter table refresh_token
  add constraint refresh_token_session_id_fkey foreign key (session_id) references session (id) on delete cascade on update cascade;

grant select, insert, update, delete on session to parley_system;
alter table session enable row level security;
alter table session force row level security;
create policy system_rows on session to parley_system using (true) with check (true);
