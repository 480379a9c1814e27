-- Who works for a company, in which teams, who is invited, which programs have a key, and who changed what.
create type team_role as enum ('LEAD', 'MEMBER');

create type audit_actor_type as enum ('USER', 'API_KEY', 'SYSTEM');

create type availability as enum ('ONLINE', 'AWAY', 'OFFLINE');

alter table tenant
  add column business_hours jsonb not null default '{}',
  add column default_inbox_id uuid,
  add column holidays jsonb not null default '[]',
  add column languages text[] default array['en']::text[],
  add column settings_version integer not null default 1,
  add column time_zone text not null default 'UTC';

alter table membership
  add column availability availability not null default 'OFFLINE',
  add column availability_changed_at timestamptz(3) not null default current_timestamp,
  add column capacity integer not null default 20,
  add column updated_at timestamptz(3) not null default current_timestamp;

create table invitation (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  role membership_role not null,
  token_hash bytea,
  invited_by uuid,
  expires_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null default current_timestamp,
  constraint invitation_pkey primary key (tenant_id,id)
);

create table password_reset (
  id uuid not null,
  user_id uuid not null,
  token_hash bytea,
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  created_at timestamptz(3) not null default current_timestamp,
  constraint password_reset_pkey primary key (id)
);

create table team (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  description text,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,
  constraint team_pkey primary key (tenant_id,id)
);

create table team_membership (
  tenant_id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  role team_role not null default 'MEMBER',
  created_at timestamptz(3) not null default current_timestamp,
  constraint team_membership_pkey primary key (tenant_id,team_id,user_id)
);

create table api_key (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  prefix text not null,
  key_hash bytea not null,
  role membership_role not null,
  scopes text[],
  created_by uuid,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3),
  created_at timestamptz(3) not null default current_timestamp,
  constraint api_key_pkey primary key (tenant_id,id)
);

create table audit_log (
  tenant_id uuid not null,
  id uuid not null,
  actor_type audit_actor_type not null,
  actor_id uuid,
  action text not null,
  subject_type text not null,
  subject_id text,
  before jsonb,
  after jsonb,
  address text,
  request_id text,
  created_at timestamptz(3) not null default current_timestamp,
  constraint audit_log_pkey primary key (tenant_id,id)
);

create unique index invitation_token_hash_key on invitation(token_hash);

create index invitation_tenant_id_email_idx on invitation(tenant_id, email);

create unique index password_reset_token_hash_key on password_reset(token_hash);

create index password_reset_user_id_idx on password_reset(user_id);

create index password_reset_created_at_idx on password_reset(created_at);

create unique index team_tenant_id_name_key on team(tenant_id, name);

create index team_membership_tenant_id_user_id_idx on team_membership(tenant_id, user_id);

create unique index api_key_key_hash_key on api_key(key_hash);

create index audit_log_tenant_id_action_id_idx on audit_log(tenant_id, action, id);

create index audit_log_tenant_id_actor_id_id_idx on audit_log(tenant_id, actor_id, id);

create index audit_log_tenant_id_subject_type_subject_id_id_idx on audit_log(tenant_id, subject_type, subject_id, id);

alter table invitation
  add constraint invitation_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table password_reset
  add constraint password_reset_user_id_fkey foreign key (user_id) references app_user(id) on delete restrict on update cascade;

alter table team
  add constraint team_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table team_membership
  add constraint team_membership_tenant_id_team_id_fkey foreign key (tenant_id, team_id) references team(tenant_id, id) on delete cascade on update cascade;

alter table team_membership
  add constraint team_membership_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table api_key
  add constraint api_key_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table tenant
  add constraint tenant_id_default_inbox_id_fkey foreign key (id, default_inbox_id) references inbox(tenant_id, id) on delete restrict on update no action;

-- Prisma has no word for a partial index. Whoever is asked again is asked anew.
create unique index invitation_open_key on invitation (tenant_id, email) where accepted_at is null and revoked_at is null;

-- What somebody works on: for their list, and for whoever takes it over when they leave.
create index conversation_assignee_idx on conversation (tenant_id, assignee_id) where assignee_id is not null;
create index ticket_assignee_idx on ticket (tenant_id, assignee_id) where assignee_id is not null;

-- A reset belongs to a person, so requests of a tenant do not touch it. The audit log is append-only for everybody.
grant select, insert, update, delete on invitation, password_reset, team, team_membership, api_key to parley_system;
grant select, insert on audit_log to parley_system;
grant select, insert, update, delete on invitation, team, team_membership, api_key to parley_app;
grant select, insert on audit_log to parley_app;
grant update (time_zone, languages, business_hours, holidays, default_inbox_id, settings_version) on tenant to parley_app;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array['invitation', 'password_reset', 'team', 'team_membership', 'api_key', 'audit_log']
  loop
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
  end loop;

  foreach tbl in array array['invitation', 'team', 'team_membership', 'api_key', 'audit_log']
  loop
    execute format(
      'create policy tenant_rows on %I to parley_app using (tenant_id = %s) with check (tenant_id = %s)',
      tbl, current_tenant, current_tenant
    );
  end loop;
end $$;
