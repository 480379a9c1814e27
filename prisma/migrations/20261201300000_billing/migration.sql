-- What a company uses, what that costs, and what it may use.
create type usage_kind as enum ('TICKET_OPENED', 'OUTBOUND_MESSAGE', 'AI_ACTION', 'AUTO_REPLY', 'CAMPAIGN_RECIPIENT', 'TOKENS', 'MEDIA_BYTES');

create type usage_meter as enum ('TICKETS', 'AI_ACTIONS', 'MESSAGES');

create type hard_limit_policy as enum ('AUTO_RECHARGE', 'BLOCK_AI', 'BLOCK_OUTBOUND', 'OVERAGE');

create type billing_period_status as enum ('OPEN', 'CLOSED');

create type quota_notice_kind as enum ('WARNING', 'REACHED');

create type payment_state as enum ('REQUESTED', 'ACCEPTED', 'REFUSED', 'UNKNOWN');

create table usage_event (
  tenant_id uuid not null,
  id bigserial not null,
  kind usage_kind not null,
  cause uuid not null,
  quantity bigint not null,
  occurred_at timestamptz(3) not null,
  period date not null,
  event_txid bigint not null,
  event_seq bigint not null,
  ticket_id uuid,
  channel channel,
  category text,
  agent_id uuid,
  rule_id uuid,

  constraint usage_event_pkey primary key (tenant_id,period,id)
);

create table billing_progress (
  id integer not null,
  txid bigint not null,
  seq bigint not null,
  progressed_at timestamptz(3) not null default current_timestamp,
  begun_txid bigint not null,
  proved_at timestamptz(3),
  proved_txid bigint,

  constraint billing_progress_pkey primary key (id)
);

create table billing_period (
  tenant_id uuid not null,
  starts_on date not null,
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  time_zone text not null,
  status billing_period_status not null default 'OPEN',
  closed_at timestamptz(3),
  tickets_before bigint not null,

  constraint billing_period_pkey primary key (tenant_id,starts_on)
);

create table tenant_billing_plan (
  tenant_id uuid not null,
  id uuid not null,
  valid_from timestamptz(3) not null,
  valid_to timestamptz(3),
  plan tenant_plan not null,
  currency char(3) not null,
  monthly_fee decimal(18,6) not null,
  ticket_monthly_quota integer,
  ai_action_monthly_quota integer,
  message_monthly_quota integer,
  soft_limit_percent integer not null default 80,
  hard_limit_percent integer not null default 100,
  hard_limit_policy hard_limit_policy not null,
  auto_recharge_enabled boolean not null default false,
  auto_recharge_units integer not null default 100,
  max_recharges_per_period integer not null default 0,
  when_exhausted hard_limit_policy,
  ticket_unit_price decimal(18,6) not null default 0,
  ai_action_unit_price decimal(18,6) not null default 0,
  message_unit_price decimal(18,6) not null default 0,
  auto_reply_unit_price decimal(18,6) not null default 0,
  token_thousand_price decimal(18,6) not null default 0,
  campaign_recipient_unit_price decimal(18,6) not null default 0,
  media_gigabyte_price decimal(18,6) not null default 0,
  created_by uuid,
  created_at timestamptz(3) not null default current_timestamp,

  constraint tenant_billing_plan_pkey primary key (tenant_id,id)
);

create table tenant_quota_usage (
  tenant_id uuid not null,
  period date not null,
  period_start timestamptz(3) not null,
  period_end timestamptz(3) not null,
  tickets_count bigint not null default 0,
  ai_actions_count bigint not null default 0,
  messages_count bigint not null default 0,
  auto_replies_count bigint not null default 0,
  campaign_recipients_count bigint not null default 0,
  tokens_used bigint not null default 0,
  media_bytes bigint not null default 0,
  auto_recharges integer not null default 0,
  last_updated_at timestamptz(3) not null,

  constraint tenant_quota_usage_pkey primary key (tenant_id,period)
);

create table ticket_billing_usage (
  tenant_id uuid not null,
  ticket_id uuid not null,
  period date not null,
  ai_actions_count bigint not null default 0,
  human_messages_count bigint not null default 0,
  auto_reply_count bigint not null default 0,
  tokens_used bigint not null default 0,
  billable_units bigint not null default 0,
  calculated_amount decimal(24,9) not null default 0,
  finalized boolean not null default false,
  updated_at timestamptz(3) not null,

  constraint ticket_billing_usage_pkey primary key (tenant_id,ticket_id,period)
);

create table usage_daily (
  tenant_id uuid not null,
  period date not null,
  day date not null,
  kind usage_kind not null,
  channel text not null default '',
  category text not null default '',
  agent_id uuid not null,
  rule_id uuid not null,
  quantity bigint not null,

  constraint usage_daily_pkey primary key (tenant_id,period,day,kind,channel,category,agent_id,rule_id)
);

create table quota_meter (
  tenant_id uuid not null,
  period date not null,
  meter usage_meter not null,
  used bigint not null default 0,
  recharged bigint not null default 0,

  constraint quota_meter_pkey primary key (tenant_id,period,meter)
);

create table quota_hold (
  tenant_id uuid not null,
  message_id uuid not null,
  period date not null,

  constraint quota_hold_pkey primary key (tenant_id,message_id)
);

create table quota_recharge (
  tenant_id uuid not null,
  period date not null,
  number integer not null,
  meter usage_meter not null,
  units integer not null,
  unit_price decimal(18,6) not null,
  currency char(3) not null,
  created_at timestamptz(3) not null,

  constraint quota_recharge_pkey primary key (tenant_id,period,number)
);

create table quota_notice (
  tenant_id uuid not null,
  period date not null,
  meter usage_meter not null,
  kind quota_notice_kind not null,
  used bigint not null,
  included bigint not null,
  created_at timestamptz(3) not null,
  mailed_at timestamptz(3),

  constraint quota_notice_pkey primary key (tenant_id,period,meter,kind)
);

create table invoice (
  tenant_id uuid not null,
  period date not null,
  company text not null,
  currency char(3) not null,
  total decimal(18,6) not null,
  issued_at timestamptz(3) not null,
  issued_by uuid,
  paid_at timestamptz(3),

  constraint invoice_pkey primary key (tenant_id,period)
);

create table invoice_line (
  tenant_id uuid not null,
  period date not null,
  position integer not null,
  item text not null,
  plan tenant_plan not null,
  kind usage_kind,
  meter usage_meter,
  starts_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  quantity bigint not null,
  included bigint not null default 0,
  charged bigint not null,
  unit_price decimal(18,6) not null,
  unit_size bigint not null default 1,
  amount decimal(18,6) not null,

  constraint invoice_line_pkey primary key (tenant_id,period,position)
);

create table credit_note (
  tenant_id uuid not null,
  id uuid not null,
  period date not null,
  number integer not null,
  reason text not null,
  amount decimal(18,6) not null,
  created_by uuid,
  created_at timestamptz(3) not null,

  constraint credit_note_pkey primary key (tenant_id,id)
);

create table credit_note_line (
  tenant_id uuid not null,
  credit_note_id uuid not null,
  position integer not null,
  invoice_position integer,
  amount decimal(18,6) not null,

  constraint credit_note_line_pkey primary key (tenant_id,credit_note_id,position)
);

create table payment_attempt (
  tenant_id uuid not null,
  id uuid not null,
  period date not null,
  provider text not null,
  amount decimal(18,6) not null,
  currency char(3) not null,
  state payment_state not null default 'REQUESTED',
  reference text,
  error jsonb,
  requested_by uuid,
  requested_at timestamptz(3) not null,
  settled_at timestamptz(3),

  constraint payment_attempt_pkey primary key (tenant_id,id)
);

create unique index usage_event_tenant_id_kind_cause_key on usage_event(tenant_id, kind, cause);

create unique index tenant_billing_plan_tenant_id_valid_from_key on tenant_billing_plan(tenant_id, valid_from);

create unique index credit_note_tenant_id_period_number_key on credit_note(tenant_id, period, number);

create index payment_attempt_tenant_id_period_idx on payment_attempt(tenant_id, period);

alter table tenant_billing_plan add constraint tenant_billing_plan_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table invoice add constraint invoice_tenant_id_period_fkey foreign key (tenant_id, period) references billing_period(tenant_id, starts_on) on delete restrict on update cascade;

alter table invoice_line add constraint invoice_line_tenant_id_period_fkey foreign key (tenant_id, period) references invoice(tenant_id, period) on delete restrict on update cascade;

alter table credit_note add constraint credit_note_tenant_id_period_fkey foreign key (tenant_id, period) references invoice(tenant_id, period) on delete restrict on update cascade;

alter table credit_note_line add constraint credit_note_line_tenant_id_credit_note_id_fkey foreign key (tenant_id, credit_note_id) references credit_note(tenant_id, id) on delete restrict on update cascade;

alter table payment_attempt add constraint payment_attempt_tenant_id_period_fkey foreign key (tenant_id, period) references invoice(tenant_id, period) on delete restrict on update cascade;

-- What is charged is there and is charged once.
alter table usage_event add constraint usage_event_counts check (quantity > 0);
alter table tenant_billing_plan add constraint tenant_billing_plan_lasts check (valid_to > valid_from);
alter table tenant_billing_plan add constraint tenant_billing_plan_limits check (
  soft_limit_percent between 1 and 100 and hard_limit_percent between soft_limit_percent and 1000
);
alter table tenant_billing_plan add constraint tenant_billing_plan_quotas check (
  ticket_monthly_quota >= 0 and ai_action_monthly_quota >= 0 and message_monthly_quota >= 0
);
alter table tenant_billing_plan add constraint tenant_billing_plan_recharges check (
  auto_recharge_enabled = (hard_limit_policy = 'AUTO_RECHARGE')
  and (when_exhausted is not null) = auto_recharge_enabled
  and (when_exhausted <> 'AUTO_RECHARGE')
  and auto_recharge_units > 0 and max_recharges_per_period >= 0
);
alter table tenant_billing_plan add constraint tenant_billing_plan_prices check (
  least(monthly_fee, ticket_unit_price, ai_action_unit_price, message_unit_price, auto_reply_unit_price,
        token_thousand_price, campaign_recipient_unit_price, media_gigabyte_price) >= 0
);
alter table billing_period add constraint billing_period_closed check ((status = 'CLOSED') = (closed_at is not null));
alter table billing_period add constraint billing_period_lasts check (ends_at > starts_at);
alter table quota_meter add constraint quota_meter_not_negative check (used >= 0 and recharged >= 0);
alter table credit_note add constraint credit_note_credits check (amount > 0);
alter table billing_progress add constraint billing_progress_one check (id = 1);

-- One plan until further notice.
create unique index tenant_billing_plan_current_key on tenant_billing_plan (tenant_id) where valid_to is null;
-- The ledger of a ticket.
create index usage_event_ticket_idx on usage_event (tenant_id, ticket_id, period desc, id desc) where ticket_id is not null;
-- In which period something is charged, and whose newest period is over.
create index billing_period_tenant_id_ends_at_idx on billing_period (tenant_id, ends_at);
-- Mails that lost their job.
create index quota_notice_unmailed_idx on quota_notice (created_at) where mailed_at is null;
-- The whole log in its order: rows stand in it as they were written. Ranges that are full are summed up by themselves.
create index event_txid_idx on event using brin (txid) with (autosummarize = on);

-- What was before billing is not charged.
insert into billing_progress (id, txid, seq, begun_txid)
select 1, xmin, 0, xmin from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin) s;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array[
    'usage_event', 'billing_period', 'tenant_billing_plan', 'tenant_quota_usage', 'ticket_billing_usage', 'usage_daily',
    'quota_meter', 'quota_hold', 'quota_recharge', 'quota_notice', 'invoice', 'invoice_line', 'credit_note',
    'credit_note_line', 'payment_attempt'
  ]
  loop
    execute format('grant select on %I to parley_app', tbl);
    execute format('grant select, insert on %I to parley_system', tbl);
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
    execute format(
      'create policy tenant_rows on %I to parley_app using (tenant_id = %s) with check (tenant_id = %s)',
      tbl, current_tenant, current_tenant
    );
  end loop;
end $$;

alter table billing_progress enable row level security;
alter table billing_progress force row level security;
create policy system_rows on billing_progress to parley_system using (true) with check (true);
grant select, update on billing_progress to parley_system;

-- What is derived from the ledger is written by the worker, and may be computed anew. The ledger itself, recharges,
-- invoices and credit notes are only ever added to.
grant usage on sequence usage_event_id_seq to parley_system;
grant update, delete on tenant_quota_usage, ticket_billing_usage, usage_daily to parley_system;
-- A period ends where it was to end; a plan that has begun only ends.
grant update (status, closed_at) on billing_period to parley_system;
grant update (valid_to), delete on tenant_billing_plan to parley_system;
-- Limits are asked by whoever acts: a request, or a worker.
grant insert on billing_period to parley_app;
grant insert, update on quota_meter to parley_app;
grant update on quota_meter to parley_system;
grant insert, update (period) on quota_hold to parley_app;
grant update (period), delete on quota_hold to parley_system;
grant insert on quota_recharge to parley_app;
grant update (mailed_at) on quota_notice to parley_system;
grant update (paid_at) on invoice to parley_app, parley_system;
grant insert, update (state, reference, error, settled_at) on payment_attempt to parley_app;
grant update (state, reference, error, settled_at) on payment_attempt to parley_system;
