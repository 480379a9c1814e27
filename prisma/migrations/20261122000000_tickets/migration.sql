-- What an agent's day is made of: tickets with all that belongs to them, who gets them, and what is done later.
create type assignment_method as enum ('MANUAL', 'ROUND_ROBIN', 'LEAST_LOADED');

create type bulk_job_status as enum ('RUNNING', 'PAUSED', 'CANCELLED', 'DONE');

create type bulk_row_state as enum ('WAITING', 'DONE', 'UNCHANGED', 'FAILED');

create type attribute_type as enum ('TEXT', 'NUMBER', 'BOOLEAN', 'DATE', 'CHOICE');

create type survey_state as enum ('ASKED', 'ANSWERED', 'EXPIRED');

alter type message_status add value 'SCHEDULED' before 'QUEUED';
alter type message_status add value 'CANCELLED' before 'DELIVERED';

alter table contact
  add column blocked_at timestamptz(3);

alter table conversation
  add column is_muted boolean not null default false,
  add column team_id uuid;

alter table membership
  add column skills text[] default array[]::text[];

alter table message
  add column answered_count integer,
  add column from_draft boolean not null default false,
  add column scheduled_for timestamptz(3);

alter table tenant
  add column survey jsonb not null default '{}';

alter table ticket
  add column attributes jsonb not null default '{}',
  add column merged_into_id uuid,
  add column snoozed_at timestamptz(3),
  add column snoozed_until timestamptz(3),
  add column split_from_id uuid,
  add column survey_score integer,
  add column survey_scored_at timestamptz(3),
  add column team_id uuid;

create table assignment_policy (
  tenant_id uuid not null,
  id uuid not null,
  inbox_id uuid,
  team_id uuid,
  method assignment_method not null,
  is_sticky boolean not null default false,
  by_skills boolean not null default false,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,
  constraint assignment_policy_pkey primary key (tenant_id,id)
);

create table assignment_turn (
  tenant_id uuid not null,
  policy_id uuid not null,
  user_id uuid not null,
  turn bigint not null,
  constraint assignment_turn_pkey primary key (tenant_id,policy_id,user_id)
);

create table bulk_job (
  tenant_id uuid not null,
  id uuid not null,
  change jsonb not null,
  status bulk_job_status not null default 'RUNNING',
  total integer not null,
  finished integer not null default 0,
  failed integer not null default 0,
  created_by uuid not null,
  created_at timestamptz(3) not null default current_timestamp,
  progressed_at timestamptz(3) not null default current_timestamp,
  finished_at timestamptz(3),
  constraint bulk_job_pkey primary key (tenant_id,id)
);

create table bulk_row (
  tenant_id uuid not null,
  job_id uuid not null,
  position integer not null,
  ticket_id uuid not null,
  state bulk_row_state not null default 'WAITING',
  error text,
  constraint bulk_row_pkey primary key (tenant_id,job_id,position)
);

create table message_mention (
  tenant_id uuid not null,
  message_id uuid not null,
  user_id uuid not null,
  created_at timestamptz(3) not null default current_timestamp,
  constraint message_mention_pkey primary key (tenant_id,message_id,user_id)
);

create table draft (
  tenant_id uuid not null,
  user_id uuid not null,
  conversation_id uuid not null,
  body text not null,
  is_internal boolean not null default false,
  reply_to_id uuid,
  updated_at timestamptz(3) not null,
  constraint draft_pkey primary key (tenant_id,user_id,conversation_id)
);

create table conversation_read (
  tenant_id uuid not null,
  user_id uuid not null,
  conversation_id uuid not null,
  read_at timestamptz(3) not null,
  constraint conversation_read_pkey primary key (tenant_id,user_id,conversation_id)
);

create table canned_reply (
  tenant_id uuid not null,
  id uuid not null,
  shortcut text not null,
  title text not null,
  body text not null,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,
  constraint canned_reply_pkey primary key (tenant_id,id)
);

create table macro (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  description text,
  actions jsonb not null,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,
  constraint macro_pkey primary key (tenant_id,id)
);

create table ticket_link (
  tenant_id uuid not null,
  ticket_id uuid not null,
  linked_id uuid not null,
  created_at timestamptz(3) not null default current_timestamp,
  constraint ticket_link_pkey primary key (tenant_id,ticket_id,linked_id)
);

create table ticket_follower (
  tenant_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  created_at timestamptz(3) not null default current_timestamp,
  constraint ticket_follower_pkey primary key (tenant_id,ticket_id,user_id)
);

create table ticket_attribute (
  tenant_id uuid not null,
  id uuid not null,
  key text not null,
  label text not null,
  type attribute_type not null,
  options text[] default array[]::text[],
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,
  constraint ticket_attribute_pkey primary key (tenant_id,id)
);

create table saved_view (
  tenant_id uuid not null,
  id uuid not null,
  owner_id uuid not null,
  name text not null,
  is_shared boolean not null default false,
  filter jsonb not null,
  created_at timestamptz(3) not null default current_timestamp,
  updated_at timestamptz(3) not null default current_timestamp,
  constraint saved_view_pkey primary key (tenant_id,id)
);

create table satisfaction_survey (
  tenant_id uuid not null,
  ticket_id uuid not null,
  conversation_id uuid not null,
  message_id uuid not null,
  state survey_state not null default 'ASKED',
  score integer,
  asked_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  answered_at timestamptz(3),
  answer_id uuid,
  constraint satisfaction_survey_pkey primary key (tenant_id,ticket_id)
);

create table timer (
  tenant_id uuid not null,
  kind text not null,
  subject_id uuid not null,
  due_at timestamptz(3) not null,
  created_at timestamptz(3) not null default current_timestamp,
  constraint timer_pkey primary key (tenant_id,kind,subject_id)
);

create unique index assignment_policy_tenant_id_inbox_id_key on assignment_policy(tenant_id, inbox_id);

create unique index bulk_row_tenant_id_job_id_ticket_id_key on bulk_row(tenant_id, job_id, ticket_id);

create index message_mention_tenant_id_user_id_message_id_idx on message_mention(tenant_id, user_id, message_id desc);

create unique index canned_reply_tenant_id_shortcut_key on canned_reply(tenant_id, shortcut);

create unique index macro_tenant_id_name_key on macro(tenant_id, name);

create index ticket_follower_tenant_id_user_id_idx on ticket_follower(tenant_id, user_id);

create unique index ticket_attribute_tenant_id_key_key on ticket_attribute(tenant_id, key);

create index saved_view_tenant_id_owner_id_idx on saved_view(tenant_id, owner_id);

create index satisfaction_survey_tenant_id_asked_at_ticket_id_idx on satisfaction_survey(tenant_id, asked_at desc, ticket_id desc);

create index timer_due_at_idx on timer(due_at);

create index ticket_tenant_id_updated_at_id_idx on ticket(tenant_id, updated_at desc, id desc);

create index ticket_tenant_id_contact_id_created_at_idx on ticket(tenant_id, contact_id, created_at desc);

alter table assignment_policy
  add constraint assignment_policy_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table assignment_policy
  add constraint assignment_policy_tenant_id_inbox_id_fkey foreign key (tenant_id, inbox_id) references inbox(tenant_id, id) on delete cascade on update cascade;

alter table assignment_policy
  add constraint assignment_policy_tenant_id_team_id_fkey foreign key (tenant_id, team_id) references team(tenant_id, id) on delete cascade on update cascade;

alter table assignment_turn
  add constraint assignment_turn_tenant_id_policy_id_fkey foreign key (tenant_id, policy_id) references assignment_policy(tenant_id, id) on delete cascade on update cascade;

alter table assignment_turn
  add constraint assignment_turn_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table bulk_job
  add constraint bulk_job_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table bulk_row
  add constraint bulk_row_tenant_id_job_id_fkey foreign key (tenant_id, job_id) references bulk_job(tenant_id, id) on delete cascade on update cascade;

alter table bulk_row
  add constraint bulk_row_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table conversation
  add constraint conversation_tenant_id_team_id_fkey foreign key (tenant_id, team_id) references team(tenant_id, id) on delete restrict on update cascade;

alter table message_mention
  add constraint message_mention_tenant_id_message_id_fkey foreign key (tenant_id, message_id) references message(tenant_id, id) on delete cascade on update cascade;

alter table message_mention
  add constraint message_mention_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table draft
  add constraint draft_tenant_id_conversation_id_fkey foreign key (tenant_id, conversation_id) references conversation(tenant_id, id) on delete cascade on update cascade;

alter table draft
  add constraint draft_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table conversation_read
  add constraint conversation_read_tenant_id_conversation_id_fkey foreign key (tenant_id, conversation_id) references conversation(tenant_id, id) on delete cascade on update cascade;

alter table conversation_read
  add constraint conversation_read_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table canned_reply
  add constraint canned_reply_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table macro
  add constraint macro_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table ticket
  add constraint ticket_tenant_id_team_id_fkey foreign key (tenant_id, team_id) references team(tenant_id, id) on delete restrict on update cascade;

alter table ticket
  add constraint ticket_tenant_id_merged_into_id_fkey foreign key (tenant_id, merged_into_id) references ticket(tenant_id, id) on delete restrict on update cascade;

alter table ticket
  add constraint ticket_tenant_id_split_from_id_fkey foreign key (tenant_id, split_from_id) references ticket(tenant_id, id) on delete restrict on update cascade;

alter table ticket_link
  add constraint ticket_link_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table ticket_link
  add constraint ticket_link_tenant_id_linked_id_fkey foreign key (tenant_id, linked_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table ticket_follower
  add constraint ticket_follower_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table ticket_follower
  add constraint ticket_follower_tenant_id_user_id_fkey foreign key (tenant_id, user_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table ticket_attribute
  add constraint ticket_attribute_tenant_id_fkey foreign key (tenant_id) references tenant(id) on delete restrict on update cascade;

alter table saved_view
  add constraint saved_view_tenant_id_owner_id_fkey foreign key (tenant_id, owner_id) references membership(tenant_id, user_id) on delete cascade on update cascade;

alter table satisfaction_survey
  add constraint satisfaction_survey_tenant_id_ticket_id_fkey foreign key (tenant_id, ticket_id) references ticket(tenant_id, id) on delete cascade on update cascade;

alter table satisfaction_survey
  add constraint satisfaction_survey_tenant_id_conversation_id_fkey foreign key (tenant_id, conversation_id) references conversation(tenant_id, id) on delete restrict on update cascade;

alter table assignment_policy add constraint assignment_policy_has_scope check (inbox_id is not null or team_id is not null);
alter table satisfaction_survey add constraint satisfaction_survey_score check (score between 1 and 5);

-- A ticket that was split off stands beside the one that the conversation's new messages belong to.
drop index ticket_one_open_key;
create unique index ticket_one_open_key on ticket (tenant_id, conversation_id)
  where status not in ('RESOLVED', 'CLOSED') and split_from_id is null;

-- What somebody has, or a team, newest first; and of that what counts against their capacity.
drop index ticket_assignee_idx;
create index ticket_assignee_idx on ticket (tenant_id, assignee_id, created_at desc, id desc) where assignee_id is not null;
create index ticket_team_idx on ticket (tenant_id, team_id, created_at desc, id desc) where team_id is not null;
create index conversation_team_idx on conversation (tenant_id, team_id) where team_id is not null;
create index ticket_load_idx on ticket (tenant_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null and status not in ('RESOLVED', 'CLOSED');
-- What nobody has and somebody should: the most urgent first, then the oldest.
create index ticket_waiting_idx on ticket (tenant_id, priority desc, created_at, id)
  where assignee_id is null and snoozed_at is null and status in ('OPEN', 'ESCALATED');
-- What is unfinished, the most urgent first, then the oldest.
create index ticket_urgency_idx on ticket (tenant_id, priority desc, created_at, id) where status not in ('RESOLVED', 'CLOSED');
-- Of each status, newest first. Under row-level security only operators that are leakproof look a value up in an index, and
-- those of enums, arrays and jsonb are not; a predicate needs none.
create index ticket_open_idx on ticket (tenant_id, created_at desc, id desc) where status = 'OPEN';
create index ticket_pending_idx on ticket (tenant_id, created_at desc, id desc) where status = 'PENDING';
create index ticket_waiting_customer_idx on ticket (tenant_id, created_at desc, id desc) where status = 'WAITING_CUSTOMER';
create index ticket_resolved_idx on ticket (tenant_id, created_at desc, id desc) where status = 'RESOLVED';
create index ticket_escalated_idx on ticket (tenant_id, created_at desc, id desc) where status = 'ESCALATED';
create index ticket_closed_idx on ticket (tenant_id, created_at desc, id desc) where status = 'CLOSED';
create index ticket_tagged_idx on ticket (tenant_id, created_at desc, id desc) where tags <> '{}';
create index ticket_merged_idx on ticket (tenant_id, merged_into_id) where merged_into_id is not null;
create unique index assignment_policy_of_team_key on assignment_policy (tenant_id, team_id) where inbox_id is null;
create index satisfaction_survey_asked_idx on satisfaction_survey (tenant_id, conversation_id) where state = 'ASKED';
-- Of a tenant's jobs the oldest has its turn.
create index bulk_job_running_idx on bulk_job (tenant_id, id) where status = 'RUNNING';
create index bulk_job_finished_idx on bulk_job (finished_at) where finished_at is not null;
create index bulk_row_waiting_idx on bulk_row (tenant_id, job_id, position) where state = 'WAITING';

grant update (survey) on tenant to parley_app;

do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  foreach tbl in array array[
    'assignment_policy', 'assignment_turn', 'bulk_job', 'bulk_row', 'message_mention', 'draft', 'conversation_read',
    'canned_reply', 'macro', 'ticket_link', 'ticket_follower', 'ticket_attribute', 'saved_view', 'satisfaction_survey', 'timer'
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
