export { createWebhookAcceptor, type VerifiedWebhook, type WebhookAcceptor } from "./accept-webhook.ts";
export { findWebhookInbox, type WebhookInbox } from "./find-webhook-inbox.ts";
export { RAW_EVENTS_OF_JOB, ingestQueue } from "./ingest-queue.ts";
