-- Most rules that an event asks do not apply. A row for each of them, in five indexes, was most of what the database wrote
-- about a message; now those of an event that have one trigger are one row.
create table ai_skipped_rules (
  tenant_id uuid not null,
  id uuid not null,
  event_seq bigint not null,
  trigger text not null,
  rule_ids uuid[] not null,
  details jsonb not null,
  conversation_id uuid,
  ticket_id uuid,
  message_id uuid,
  depth integer not null default 0,
  created_at timestamptz(3) not null default current_timestamp,

  constraint ai_skipped_rules_pkey primary key (tenant_id,id)
);

create unique index ai_skipped_rules_tenant_id_event_seq_trigger_key on ai_skipped_rules(tenant_id, event_seq, trigger);

create index ai_skipped_rules_tenant_id_trigger_id_idx on ai_skipped_rules(tenant_id, trigger, id desc);

create index ai_skipped_rules_tenant_id_conversation_id_id_idx on ai_skipped_rules(tenant_id, conversation_id, id desc);

create index ai_skipped_rules_ticket_idx on ai_skipped_rules (tenant_id, ticket_id, id desc) where ticket_id is not null;

alter table ai_skipped_rules
  -- The ids of its executions begin with its own, and end in their place.
  add constraint ai_skipped_rules_id check (right(id::text, 4) = '0000'),
  add constraint ai_skipped_rules_details check (jsonb_array_length(details) = cardinality(rule_ids));

alter table ai_skipped_rules enable row level security;
alter table ai_skipped_rules force row level security;
create policy system_rows on ai_skipped_rules to parley_system using (true) with check (true);
create policy tenant_rows on ai_skipped_rules to parley_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant select on ai_skipped_rules to parley_app;
grant select, insert, delete on ai_skipped_rules to parley_system;
-- What is asked later is added, and what somebody wrote may have to be erased.
grant update (rule_ids, details) on ai_skipped_rules to parley_system;

-- What it compared stands in the version of the rule, which therefore outlives the rule, as executions do.
alter table ai_rule_version drop constraint ai_rule_version_tenant_id_rule_id_fkey;
revoke delete on ai_rule_version from parley_app, parley_system;
