-- What is administered and belongs to no tenant: the platform's people and its queues. Requests of a tenant do not reach it,
-- and nobody changes it.
create table platform_audit_log (
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
  constraint platform_audit_log_pkey primary key (id)
);

create index platform_audit_log_action_id_idx on platform_audit_log (action, id);

create index platform_audit_log_actor_id_id_idx on platform_audit_log (actor_id, id);

create index platform_audit_log_subject_type_subject_id_id_idx on platform_audit_log (subject_type, subject_id, id);

grant select, insert on platform_audit_log to parley_system;
alter table platform_audit_log enable row level security;
alter table platform_audit_log force row level security;
create policy system_rows on platform_audit_log to parley_system using (true) with check (true);
