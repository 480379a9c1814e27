alter table timer add column cause jsonb;

create table ai_suspension_notice (
  tenant_id uuid not null,
  rule_id uuid not null,
  user_id uuid not null,
  suspended_at timestamptz(3) not null,
  mailed_at timestamptz(3),

  constraint ai_suspension_notice_pkey primary key (tenant_id,rule_id,user_id)
);

create table ticket_value_change (
  tenant_id uuid not null,
  txid bigint not null default ((pg_current_xact_id())::text)::bigint,
  ticket_id uuid not null,
  old_values jsonb not null,
  new_values jsonb not null,
  created_at timestamptz(3) not null default current_timestamp,

  constraint ticket_value_change_pkey primary key (tenant_id,txid,ticket_id)
);

create index ai_suspension_notice_tenant_id_user_id_idx on ai_suspension_notice(tenant_id, user_id);

create index ticket_value_change_tenant_id_ticket_id_idx on ticket_value_change(tenant_id, ticket_id);

alter table ai_suspension_notice add constraint ai_suspension_notice_tenant_id_rule_id_fkey foreign key (tenant_id, rule_id) references ai_rule(tenant_id, id) on delete cascade on update cascade;

alter table ai_suspension_notice add constraint ai_suspension_notice_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table ticket_value_change add constraint ticket_value_change_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

-- Mails whose job was lost.
create index ai_suspension_notice_unmailed_idx on ai_suspension_notice (suspended_at) where mailed_at is null;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array['ai_suspension_notice', 'ticket_value_change']
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

-- Only workers suspend rules, and mail it.
revoke insert, update, delete on ai_suspension_notice from parley_app;
-- What was changed is forgotten by the worker.
revoke delete on ticket_value_change from parley_app;
