-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "identifier_type" AS ENUM ('WHATSAPP', 'WHATSAPP_BSUID', 'PHONE', 'EMAIL');

-- CreateEnum
CREATE TYPE "conversation_status" AS ENUM ('OPEN', 'PENDING', 'RESOLVED');

-- CreateEnum
CREATE TYPE "message_direction" AS ENUM ('INBOUND', 'OUTBOUND');

-- CreateEnum
CREATE TYPE "message_status" AS ENUM ('RECEIVED', 'QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'FAILED', 'DELIVERED', 'READ', 'PLAYED');

-- CreateEnum
CREATE TYPE "sender_type" AS ENUM ('CONTACT', 'AGENT', 'AI', 'SYSTEM');

-- CreateEnum
CREATE TYPE "attachment_kind" AS ENUM ('IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'STICKER');

-- CreateEnum
CREATE TYPE "held_update_kind" AS ENUM ('STATUS', 'EDIT', 'REVOKE');

-- CreateEnum
CREATE TYPE "actor_type" AS ENUM ('CUSTOMER', 'AGENT', 'AI', 'SYSTEM');

-- CreateEnum
CREATE TYPE "channel" AS ENUM ('WHATSAPP', 'EMAIL', 'FACEBOOK', 'INSTAGRAM', 'TELEGRAM', 'WEBCHAT', 'AMAZON', 'CDISCOUNT', 'FNAC', 'MANOMANO', 'RAKUTEN', 'VINTED', 'BACKMARKET', 'MIRAKL', 'API', 'MANUAL');

-- CreateEnum
CREATE TYPE "inbox_status" AS ENUM ('ACTIVE', 'PAUSED');

-- CreateEnum
CREATE TYPE "raw_event_status" AS ENUM ('RECEIVED', 'APPLIED', 'IGNORED', 'QUARANTINED');

-- CreateEnum
CREATE TYPE "attempt_state" AS ENUM ('REQUESTED', 'ACCEPTED', 'REFUSED', 'NOT_SENT', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "tenant_status" AS ENUM ('TRIAL', 'ACTIVE', 'SUSPENDED', 'CLOSED');

-- CreateEnum
CREATE TYPE "tenant_plan" AS ENUM ('DEV', 'STARTER', 'PRO', 'ENTERPRISE');

-- CreateEnum
CREATE TYPE "membership_role" AS ENUM ('OWNER', 'ADMIN', 'MANAGER', 'AGENT');

-- CreateEnum
CREATE TYPE "ticket_status" AS ENUM ('OPEN', 'PENDING', 'WAITING_CUSTOMER', 'RESOLVED', 'ESCALATED', 'CLOSED');

-- CreateEnum
CREATE TYPE "ticket_priority" AS ENUM ('LOW', 'NORMAL', 'HIGH', 'URGENT');

-- CreateTable
CREATE TABLE "contact" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "contact_identifier" (
    "tenant_id" UUID NOT NULL,
    "type" "identifier_type" NOT NULL,
    "value" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "is_primary" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_identifier_pkey" PRIMARY KEY ("tenant_id","type","value")
);

-- CreateTable
CREATE TABLE "conversation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "inbox_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "external_thread_id" TEXT NOT NULL DEFAULT '',
    "status" "conversation_status" NOT NULL DEFAULT 'OPEN',
    "assignee_id" UUID,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "unread_count" INTEGER NOT NULL DEFAULT 0,
    "last_message_id" UUID,
    "last_message_at" TIMESTAMPTZ(3) NOT NULL,
    "window_expires_at" TIMESTAMPTZ(3),
    "last_inbound_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "message" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "ticket_id" UUID,
    "inbox_id" UUID NOT NULL,
    "direction" "message_direction" NOT NULL,
    "type" TEXT NOT NULL,
    "status" "message_status" NOT NULL,
    "sender_type" "sender_type" NOT NULL,
    "sender_id" UUID,
    "content" JSONB NOT NULL,
    "external_id" TEXT,
    "reply_to_external_id" TEXT,
    "is_internal" BOOLEAN NOT NULL DEFAULT false,
    "error" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "message_attachment" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "kind" "attachment_kind" NOT NULL,
    "mime_type" TEXT NOT NULL,
    "file_name" TEXT,
    "size" INTEGER,
    "sha256" TEXT,
    "provider_media_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_attachment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "held_update" (
    "tenant_id" UUID NOT NULL,
    "inbox_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "kind" "held_update_kind" NOT NULL,
    "variant" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "held_update_pkey" PRIMARY KEY ("tenant_id","inbox_id","external_id","kind","variant")
);

-- CreateTable
CREATE TABLE "event" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "txid" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "type" TEXT NOT NULL,
    "actor_type" "actor_type" NOT NULL,
    "actor_id" UUID,
    "contact_id" UUID,
    "conversation_id" UUID,
    "ticket_id" UUID,
    "message_id" UUID,
    "data" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "inbox" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "channel" "channel" NOT NULL,
    "external_id" TEXT,
    "config" JSONB NOT NULL DEFAULT '{}',
    "credentials" TEXT,
    "status" "inbox_status" NOT NULL DEFAULT 'ACTIVE',
    "paused_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "raw_webhook_event" (
    "id" UUID NOT NULL,
    "channel" "channel" NOT NULL,
    "source" TEXT NOT NULL,
    "tenant_id" UUID,
    "inbox_id" UUID,
    "body" BYTEA NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "status" "raw_event_status" NOT NULL DEFAULT 'RECEIVED',
    "reason" TEXT,
    "ignored_parts" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "raw_webhook_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbound_attempt" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "message_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "attempt_state" NOT NULL DEFAULT 'REQUESTED',
    "external_id" TEXT,
    "http_status" INTEGER,
    "error" JSONB,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbound_attempt_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "queue" TEXT NOT NULL,
    "job" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "status" "tenant_status" NOT NULL DEFAULT 'TRIAL',
    "plan" "tenant_plan" NOT NULL DEFAULT 'DEV',
    "reopen_window_minutes" INTEGER NOT NULL DEFAULT 4320,
    "last_ticket_number" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "full_name" TEXT NOT NULL,
    "is_super_admin" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "membership_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("tenant_id","user_id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "tenant_id" UUID,
    "family_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "tenant_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "response_body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant_id","actor_id","key")
);

-- CreateTable
CREATE TABLE "ticket" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "conversation_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "inbox_id" UUID NOT NULL,
    "channel" "channel" NOT NULL,
    "status" "ticket_status" NOT NULL DEFAULT 'OPEN',
    "priority" "ticket_priority" NOT NULL DEFAULT 'NORMAL',
    "subject" TEXT,
    "category" TEXT,
    "sentiment" TEXT,
    "assignee_id" UUID,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "order_ref" TEXT,
    "first_response_at" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "reopened_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "ticket_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "contact_identifier_tenant_id_contact_id_idx" ON "contact_identifier"("tenant_id", "contact_id");

-- CreateIndex
CREATE INDEX "conversation_tenant_id_last_message_at_id_idx" ON "conversation"("tenant_id", "last_message_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "conversation_tenant_id_contact_id_idx" ON "conversation"("tenant_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_tenant_id_inbox_id_contact_id_external_thread__key" ON "conversation"("tenant_id", "inbox_id", "contact_id", "external_thread_id");

-- CreateIndex
CREATE INDEX "message_tenant_id_conversation_id_occurred_at_id_idx" ON "message"("tenant_id", "conversation_id", "occurred_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "message_tenant_id_inbox_id_external_id_key" ON "message"("tenant_id", "inbox_id", "external_id");

-- CreateIndex
CREATE INDEX "message_attachment_tenant_id_message_id_idx" ON "message_attachment"("tenant_id", "message_id");

-- CreateIndex
CREATE INDEX "held_update_created_at_idx" ON "held_update"("created_at");

-- CreateIndex
CREATE INDEX "event_tenant_id_txid_seq_idx" ON "event"("tenant_id", "txid", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_id_key" ON "inbox"("id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_channel_external_id_key" ON "inbox"("channel", "external_id");

-- CreateIndex
CREATE INDEX "raw_webhook_event_tenant_id_id_idx" ON "raw_webhook_event"("tenant_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "raw_webhook_event_source_body_hash_key" ON "raw_webhook_event"("source", "body_hash");

-- CreateIndex
CREATE UNIQUE INDEX "outbound_attempt_tenant_id_message_id_number_key" ON "outbound_attempt"("tenant_id", "message_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_token_token_hash_key" ON "refresh_token"("token_hash");

-- CreateIndex
CREATE INDEX "refresh_token_family_id_idx" ON "refresh_token"("family_id");

-- CreateIndex
CREATE INDEX "refresh_token_user_id_idx" ON "refresh_token"("user_id");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "ticket_tenant_id_conversation_id_created_at_idx" ON "ticket"("tenant_id", "conversation_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "ticket_tenant_id_created_at_id_idx" ON "ticket"("tenant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "ticket_tenant_id_number_key" ON "ticket"("tenant_id", "number");

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_identifier" ADD CONSTRAINT "contact_identifier_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contact"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_tenant_id_inbox_id_fkey" FOREIGN KEY ("tenant_id", "inbox_id") REFERENCES "inbox"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contact"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_tenant_id_assignee_id_fkey" FOREIGN KEY ("tenant_id", "assignee_id") REFERENCES "membership"("tenant_id", "user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_tenant_id_conversation_id_fkey" FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_tenant_id_ticket_id_fkey" FOREIGN KEY ("tenant_id", "ticket_id") REFERENCES "ticket"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_tenant_id_inbox_id_fkey" FOREIGN KEY ("tenant_id", "inbox_id") REFERENCES "inbox"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message_attachment" ADD CONSTRAINT "message_attachment_tenant_id_message_id_fkey" FOREIGN KEY ("tenant_id", "message_id") REFERENCES "message"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "held_update" ADD CONSTRAINT "held_update_tenant_id_inbox_id_fkey" FOREIGN KEY ("tenant_id", "inbox_id") REFERENCES "inbox"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbound_attempt" ADD CONSTRAINT "outbound_attempt_tenant_id_message_id_fkey" FOREIGN KEY ("tenant_id", "message_id") REFERENCES "message"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_tenant_id_conversation_id_fkey" FOREIGN KEY ("tenant_id", "conversation_id") REFERENCES "conversation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_tenant_id_contact_id_fkey" FOREIGN KEY ("tenant_id", "contact_id") REFERENCES "contact"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_tenant_id_inbox_id_fkey" FOREIGN KEY ("tenant_id", "inbox_id") REFERENCES "inbox"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ticket" ADD CONSTRAINT "ticket_tenant_id_assignee_id_fkey" FOREIGN KEY ("tenant_id", "assignee_id") REFERENCES "membership"("tenant_id", "user_id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- What Prisma cannot say --------------------------------------------------------------------------------------------

-- Ingest claims an identifier before it writes the contact, so this reference is checked at commit.
alter table contact_identifier alter constraint contact_identifier_tenant_id_contact_id_fkey deferrable initially deferred;

-- At most one ticket of a conversation is being worked on.
create unique index ticket_one_open_key on ticket (tenant_id, conversation_id) where status not in ('RESOLVED', 'CLOSED');

-- Work that waits: found by the order check of a conversation, and by the reconcilers after a loss of Redis.
create index message_unsettled_idx on message (tenant_id, conversation_id, occurred_at, id) where status in ('QUEUED', 'SENDING');
create index message_unsettled_age_idx on message (created_at) where status in ('QUEUED', 'SENDING');
create index message_unknown_age_idx on message (updated_at) where status = 'UNKNOWN';
create index raw_webhook_event_pending_idx on raw_webhook_event (received_at) where status = 'RECEIVED';
create index raw_webhook_event_quarantine_idx on raw_webhook_event (id) where status = 'QUARANTINED';

-- A ticket's timeline.
create index event_ticket_idx on event (tenant_id, ticket_id, txid, seq) where ticket_id is not null;

-- Roles belong to the whole server, so another database of it may have made them already.
do $$
begin
  create role parley_app nosuperuser nobypassrls nocreatedb nocreaterole;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  create role parley_system nosuperuser nobypassrls nocreatedb nocreaterole;
exception when duplicate_object or unique_violation then null;
end $$;

grant usage on schema public to parley_app, parley_system;

-- The system role works for every tenant; the log is append-only even for it.
grant select, insert, update, delete on all tables in schema public to parley_system;
grant usage, select on all sequences in schema public to parley_system;
revoke update, delete on event from parley_system;
revoke all on _prisma_migrations from parley_system;

-- The application role: what requests touch, and of that only the current tenant's rows.
grant select, insert, update, delete
  on membership, inbox, contact, contact_identifier, conversation, message, message_attachment, ticket, idempotency_key
  to parley_app;
grant select on tenant, raw_webhook_event, outbound_attempt to parley_app;
-- Its plan and status are the platform's to change.
grant update (name, reopen_window_minutes, last_ticket_number, updated_at) on tenant to parley_app;
-- What arrived stays as it arrived.
grant update (status, reason, ignored_parts, applied_at) on raw_webhook_event to parley_app;
-- Neither passwords nor who administers the platform.
grant select (id, email, full_name, created_at, updated_at) on app_user to parley_app;
grant select, insert on event to parley_app;
grant insert on outbox to parley_app;
grant usage on sequence event_seq_seq to parley_app;

-- Row-level security on every table, forced on the owner too. No context, no rows.
do $$
declare
  current_tenant constant text := 'nullif(current_setting(''app.tenant_id'', true), '''')::uuid';
  tbl text;
begin
  for tbl in
    select tablename from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations'
  loop
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
  end loop;

  foreach tbl in array array[
    'membership', 'inbox', 'contact', 'contact_identifier', 'conversation', 'message', 'message_attachment', 'ticket',
    'event', 'raw_webhook_event', 'outbound_attempt', 'idempotency_key'
  ]
  loop
    execute format(
      'create policy tenant_rows on %I to parley_app using (tenant_id = %s) with check (tenant_id = %s)',
      tbl, current_tenant, current_tenant
    );
  end loop;

  execute format('create policy own_tenant on tenant to parley_app using (id = %s) with check (id = %s)', current_tenant, current_tenant);
  -- membership is itself restricted to the tenant, so only its people are seen.
  execute 'create policy members on app_user for select to parley_app using (exists (select from membership m where m.user_id = app_user.id))';
  -- A job that names a tenant names the current one.
  execute format(
    'create policy enqueue on outbox for insert to parley_app
       with check (payload ->> ''tenantId'' is null or (payload ->> ''tenantId'')::uuid = %s)', current_tenant);
end $$;
