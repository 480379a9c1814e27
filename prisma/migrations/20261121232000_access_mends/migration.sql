-- Which token took the place of a used one; when a session ends by itself; requests for a new password, before it is looked
-- up whose they are.
alter table refresh_token add column successor_id uuid;

alter table session add column expires_at timestamptz(3);

-- Row-level security is forced on the owner too, who would see no row to fill in. Only the dashboard's sessions have no
-- refresh token, and last half an hour.
alter table session no force row level security;
alter table refresh_token no force row level security;
update session
   set expires_at = case
     when exists (select from refresh_token r where r.session_id = session.id) then last_used_at + interval '30 days'
     else created_at + interval '30 minutes'
   end;
alter table session force row level security;
alter table refresh_token force row level security;
alter table session alter column expires_at set not null;

drop index session_last_used_at_idx;
create index session_expires_at_idx on session (expires_at);

create table password_reset_request (
  id uuid not null,
  email text not null,
  created_at timestamptz(3) not null default current_timestamp,
  constraint password_reset_request_pkey primary key (id)
);

create index password_reset_request_created_at_idx on password_reset_request (created_at);

-- It belongs to nobody known yet, so requests of a tenant do not touch it.
grant select, insert, update, delete on password_reset_request to parley_system;
alter table password_reset_request enable row level security;
alter table password_reset_request force row level security;
create policy system_rows on password_reset_request to parley_system using (true) with check (true);
