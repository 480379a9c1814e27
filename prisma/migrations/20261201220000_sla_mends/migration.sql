-- An escalation is what a policy says about a promise, at a time: its place alone is another's as soon as the policy changes.
alter table sla_ticket add column failed_at timestamptz(3);
alter table sla_progress
  add column with_resolved boolean not null default false,
  add column in_resolved boolean not null default false;

alter table sla_step
  add column id uuid,
  add column started_at timestamptz(3),
  add column policy_id uuid,
  add column due_at timestamptz(3),
  add column on_breach boolean;

-- Row-level security is forced on the owner too, who would see no row to fill in.
alter table sla_step no force row level security;
alter table sla_timer no force row level security;
delete from sla_step s
 where not exists (select from sla_timer m
                    where m.tenant_id = s.tenant_id and m.ticket_id = s.ticket_id and m.metric = s.metric and m.cycle = s.cycle);
update sla_step s
   set id = gen_random_uuid(), started_at = m.started_at, policy_id = m.policy_id, due_at = s.created_at,
       on_breach = m.breached_at is not null
  from sla_timer m
 where m.tenant_id = s.tenant_id and m.ticket_id = s.ticket_id and m.metric = s.metric and m.cycle = s.cycle;
alter table sla_step force row level security;
alter table sla_timer force row level security;

alter table sla_step
  alter column id set not null,
  alter column started_at set not null,
  alter column policy_id set not null,
  alter column due_at set not null,
  alter column on_breach set not null,
  drop constraint sla_step_pkey,
  drop column cycle,
  add constraint sla_step_pkey primary key (tenant_id,id);

create unique index sla_step_once_key on sla_step(tenant_id, ticket_id, metric, started_at, policy_id, position, due_at);

create table sla_notice (
  tenant_id uuid not null,
  step_id uuid not null,
  user_id uuid not null,
  created_at timestamptz(3) not null default current_timestamp,
  mailed_at timestamptz(3),

  constraint sla_notice_pkey primary key (tenant_id,step_id,user_id)
);

create index sla_notice_tenant_id_user_id_idx on sla_notice(tenant_id, user_id);

alter table sla_notice add constraint sla_notice_tenant_id_step_id_fkey foreign key (tenant_id, step_id) references sla_step(tenant_id, id) on delete cascade on update cascade;

alter table sla_notice add constraint sla_notice_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

-- Mails whose job was lost.
create index sla_notice_unmailed_idx on sla_notice (created_at) where mailed_at is null;

grant select, insert, update, delete on sla_notice to parley_app, parley_system;
alter table sla_notice enable row level security;
alter table sla_notice force row level security;
create policy system_rows on sla_notice to parley_system using (true) with check (true);
create policy tenant_rows on sla_notice to parley_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- Only the worker escalates, and mails it.
revoke insert, update, delete on sla_notice from parley_app;
