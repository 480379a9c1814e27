-- Rules that act by themselves, what they did, drafts for agents, and language models with what they cost.
create type ai_trigger as enum ('INCOMING_MESSAGE', 'NO_ANSWER_TIMEOUT', 'ORDER_ISSUE', 'RETURN_REQUEST', 'NEGATIVE_SENTIMENT', 'TICKET_OPENED', 'TICKET_UPDATED', 'TICKET_REOPENED', 'TICKET_RESOLVED', 'SCHEDULE');

create type ai_execution_mode as enum ('DISABLED', 'SUGGEST_ONLY', 'AUTO_EXECUTE');

create type ai_execution_outcome as enum ('SKIPPED', 'SUGGESTED', 'SUCCESS', 'FAILED');

create type ai_draft_state as enum ('PENDING', 'ACCEPTED', 'EDITED', 'REJECTED', 'SUPERSEDED');

create type understanding_mode as enum ('OFF', 'LOCAL', 'MODEL');

create type model_provider as enum ('OPENAI_COMPATIBLE', 'GOOGLE');

create type model_call_outcome as enum ('PENDING', 'SUCCESS', 'FAILED', 'REFUSED');

alter table event add column cause jsonb;

create table ai_rule (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null default 1,
  name text not null,
  description text,
  is_active boolean not null default true,
  trigger ai_trigger not null,
  execution_mode ai_execution_mode not null,
  priority integer not null default 100,
  stop_on_match boolean not null default false,
  cool_down_seconds integer not null default 0,
  wait_minutes integer,
  schedule jsonb,
  schedule_cursor uuid,
  schedule_pages integer not null default 0,
  conditions jsonb not null,
  actions jsonb not null,
  effective_from timestamptz(3) not null default current_timestamp,
  failures_in_a_row integer not null default 0,
  failed_in uuid[] default array[]::uuid[],
  suspended_at timestamptz(3),
  suspended_reason text,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,

  constraint ai_rule_pkey primary key (tenant_id,id)
);

create table ai_rule_version (
  tenant_id uuid not null,
  rule_id uuid not null,
  version integer not null,
  definition jsonb not null,
  created_by uuid not null,
  created_at timestamptz(3) not null default current_timestamp,

  constraint ai_rule_version_pkey primary key (tenant_id,rule_id,version)
);

create table ai_rule_revision (
  tenant_id uuid not null,
  revision bigint not null default 1,
  txid bigint not null default ((pg_current_xact_id())::text)::bigint,

  constraint ai_rule_revision_pkey primary key (tenant_id)
);

create table ai_rule_progress (
  tenant_id uuid not null,
  txid bigint not null,
  seq bigint not null,

  constraint ai_rule_progress_pkey primary key (tenant_id)
);

create table ai_handled_event (
  tenant_id uuid not null,
  event_seq bigint not null,

  constraint ai_handled_event_pkey primary key (tenant_id,event_seq)
);

create table ai_rule_execution (
  tenant_id uuid not null,
  id uuid not null,
  rule_id uuid not null,
  version integer not null,
  event_seq bigint not null,
  trigger ai_trigger not null,
  outcome ai_execution_outcome not null,
  reason text,
  failing jsonb,
  error jsonb,
  conversation_id uuid,
  ticket_id uuid,
  message_id uuid,
  depth integer not null default 0,
  created_at timestamptz(3) not null default current_timestamp,

  constraint ai_rule_execution_pkey primary key (tenant_id,id)
);

create table ai_action_receipt (
  tenant_id uuid not null,
  execution_id uuid not null,
  position integer not null,
  type text not null,
  effect jsonb not null,
  created_at timestamptz(3) not null default current_timestamp,

  constraint ai_action_receipt_pkey primary key (tenant_id,execution_id,position)
);

create table ai_response_draft (
  tenant_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  ticket_id uuid,
  message_id uuid,
  execution_id uuid,
  rule_id uuid,
  text text,
  language text,
  confidence decimal(4,3),
  sources jsonb not null default '[]',
  actions jsonb not null default '[]',
  state ai_draft_state not null default 'PENDING',
  final_text text,
  sent_message_id uuid,
  decided_by uuid,
  decided_at timestamptz(3),
  reason text,
  created_at timestamptz(3) not null default current_timestamp,

  constraint ai_response_draft_pkey primary key (tenant_id,id)
);

create table message_understanding (
  tenant_id uuid not null,
  message_id uuid not null,
  language text,
  sentiment text not null,
  sentiment_score decimal(4,3) not null,
  intent text not null,
  intent_confidence decimal(4,3) not null,
  urgency text not null,
  wants_human boolean not null,
  entities jsonb not null default '[]',
  source text not null,
  created_at timestamptz(3) not null default current_timestamp,

  constraint message_understanding_pkey primary key (tenant_id,message_id)
);

create table conversation_turn (
  tenant_id uuid not null,
  conversation_id uuid not null,
  burst_started_at timestamptz(3),
  turn_message_id uuid,
  held_at timestamptz(3),
  held_by uuid,
  handed_off_at timestamptz(3),
  hand_off_reason text,
  released_at timestamptz(3),

  constraint conversation_turn_pkey primary key (tenant_id,conversation_id)
);

create table ai_settings (
  tenant_id uuid not null,
  understanding understanding_mode not null default 'LOCAL',
  fills_tickets boolean not null default false,
  provider model_provider,
  base_url text,
  sealed_api_key text,
  model text,
  temperature decimal(3,2) not null default 0.2,
  masks_personal_data boolean not null default true,
  monthly_budget_micros bigint,
  input_price_micros bigint not null default 0,
  output_price_micros bigint not null default 0,
  debounce_seconds integer not null default 4,
  longest_burst_seconds integer not null default 30,
  most_turns integer not null default 5,
  least_confidence decimal(4,3) not null default 0.6,
  hand_off_intents text[] default array[]::text[],
  hand_off_team_id uuid,
  hand_off_escalates boolean not null default false,
  execution_retention_days integer not null default 30,
  version integer not null default 1,
  updated_at timestamptz(3) not null default current_timestamp,

  constraint ai_settings_pkey primary key (tenant_id)
);

create table ai_model_call (
  tenant_id uuid not null,
  id uuid not null,
  task text not null,
  provider model_provider not null,
  model text not null,
  outcome model_call_outcome not null default 'PENDING',
  error_kind text,
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  cost_micros bigint not null default 0,
  reserved_micros bigint not null default 0,
  attempts integer not null default 0,
  latency_ms integer,
  conversation_id uuid,
  ticket_id uuid,
  message_id uuid,
  month date not null,
  created_at timestamptz(3) not null default current_timestamp,
  settled_at timestamptz(3),

  constraint ai_model_call_pkey primary key (tenant_id,id)
);

create table ai_spend (
  tenant_id uuid not null,
  month date not null,
  spent_micros bigint not null default 0,
  reserved_micros bigint not null default 0,

  constraint ai_spend_pkey primary key (tenant_id,month)
);

create table knowledge_snippet (
  tenant_id uuid not null,
  id uuid not null,
  title text not null,
  body text not null,
  language text not null,
  is_active boolean not null default true,
  tags text[] default array[]::text[],
  terms tsvector,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,

  constraint knowledge_snippet_pkey primary key (tenant_id,id)
);

create unique index ai_rule_tenant_id_name_key on ai_rule(tenant_id, name);

create index ai_rule_revision_txid_idx on ai_rule_revision(txid);

create index ai_rule_execution_tenant_id_rule_id_id_idx on ai_rule_execution(tenant_id, rule_id, id desc);

create index ai_rule_execution_tenant_id_conversation_id_id_idx on ai_rule_execution(tenant_id, conversation_id, id desc);

create unique index ai_rule_execution_tenant_id_event_seq_rule_id_key on ai_rule_execution(tenant_id, event_seq, rule_id);

create index ai_response_draft_tenant_id_conversation_id_id_idx on ai_response_draft(tenant_id, conversation_id, id desc);

alter table ai_rule add constraint ai_rule_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table ai_rule_version add constraint ai_rule_version_tenant_id_rule_id_fkey foreign key (tenant_id, rule_id) references ai_rule(tenant_id, id) on delete cascade on update cascade;

alter table ai_rule_revision add constraint ai_rule_revision_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table ai_rule_progress add constraint ai_rule_progress_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table ai_action_receipt add constraint ai_action_receipt_tenant_id_execution_id_fkey foreign key (tenant_id, execution_id) references ai_rule_execution(tenant_id, id) on delete cascade on update cascade;

alter table ai_response_draft add constraint ai_response_draft_tenant_id_conversation_id_fkey foreign key (tenant_id, conversation_id) references conversation(tenant_id, id) on delete cascade on update cascade;

alter table message_understanding add constraint message_understanding_tenant_id_message_id_fkey foreign key (tenant_id, message_id) references message(tenant_id, id) on delete cascade on update cascade;

alter table conversation_turn add constraint conversation_turn_tenant_id_conversation_id_fkey foreign key (tenant_id, conversation_id) references conversation(tenant_id, id) on delete cascade on update cascade;

alter table ai_settings add constraint ai_settings_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table ai_settings add constraint ai_settings_tenant_id_hand_off_team_id_fkey foreign key (tenant_id, hand_off_team_id) references team(tenant_id, id) on delete restrict on update no action;

alter table ai_spend add constraint ai_spend_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table knowledge_snippet add constraint knowledge_snippet_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table ai_response_draft add constraint ai_response_draft_proposes check (text is not null or jsonb_array_length(actions) > 0);
alter table ai_spend add constraint ai_spend_not_negative check (spent_micros >= 0 and reserved_micros >= 0);

-- What still acts, for whoever compiles a tenant's rules and for whoever asks which tenants have any.
create index ai_rule_active_idx on ai_rule (tenant_id)
  where is_active and execution_mode <> 'DISABLED' and suspended_at is null;
-- Of a ticket, newest first; and what acted in a conversation, for cool-downs and caps.
create index ai_rule_execution_ticket_idx on ai_rule_execution (tenant_id, ticket_id, id desc) where ticket_id is not null;
create index ai_rule_execution_acted_idx on ai_rule_execution (tenant_id, conversation_id, created_at desc)
  where outcome in ('SUGGESTED', 'SUCCESS');
-- What came of rules other than nothing. One for each, because under row-level security an enum is no condition of an index.
create index ai_rule_execution_suggested_idx on ai_rule_execution (tenant_id, id desc) where outcome = 'SUGGESTED';
create index ai_rule_execution_success_idx on ai_rule_execution (tenant_id, id desc) where outcome = 'SUCCESS';
create index ai_rule_execution_failed_idx on ai_rule_execution (tenant_id, id desc) where outcome = 'FAILED';
-- What waits for an agent: in the company, newest first, and in a conversation.
create index ai_response_draft_pending_idx on ai_response_draft (tenant_id, id desc) where state = 'PENDING';
create index ai_response_draft_waiting_idx on ai_response_draft (tenant_id, conversation_id) where state = 'PENDING';
-- Calls whose process died.
create index ai_model_call_pending_idx on ai_model_call (created_at) where outcome = 'PENDING';

-- Words are stemmed as the snippet's language has it; without a dictionary they stay as they are.
create function snippet_config(language text) returns regconfig
  language sql immutable parallel safe
  as $$ select case language
                 when 'en' then 'pg_catalog.english' when 'fr' then 'pg_catalog.french' when 'es' then 'pg_catalog.spanish'
                 when 'de' then 'pg_catalog.german' when 'it' then 'pg_catalog.italian'
                 else 'pg_catalog.simple'
               end::regconfig $$;
alter table knowledge_snippet drop column terms;
alter table knowledge_snippet add column terms tsvector generated always as (
  setweight(to_tsvector(snippet_config(language), title), 'A') || setweight(to_tsvector(snippet_config(language), body), 'B')
) stored;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array[
    'ai_rule', 'ai_rule_version', 'ai_rule_revision', 'ai_rule_progress', 'ai_handled_event', 'ai_rule_execution', 'ai_action_receipt', 'ai_response_draft',
    'message_understanding', 'conversation_turn', 'ai_settings', 'ai_model_call', 'ai_spend', 'knowledge_snippet'
  ]
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

-- What was done is not changed afterwards, and only the worker does it.
revoke update on ai_rule_version, ai_rule_execution, ai_action_receipt from parley_app, parley_system;
revoke insert, delete on ai_rule_execution, ai_action_receipt from parley_app;
-- What the worker notes. Who writes rules only begins the check of their tenant's log.
revoke insert, update, delete on ai_handled_event, message_understanding from parley_app;
revoke update, delete on ai_rule_progress from parley_app;
revoke delete on ai_rule_revision from parley_app;
-- A ledger. Its calls are forgotten after a year, its sums never.
revoke delete on ai_model_call, ai_spend from parley_app;
revoke delete on ai_spend from parley_system;
