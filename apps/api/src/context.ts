import { assignmentSubscription } from "@parley/core/assignment";
import { createIdentification, createPasswordHasher, type AuthContext, type Identification } from "@parley/core/auth";
import { bulkQueue } from "@parley/core/bulk";
import { contactImportQueue } from "@parley/core/contact-imports";
import { openSystemContext } from "@parley/core/context";
import {
  createInvoicePrinter,
  createLocalPayments,
  type PaymentContext,
  type PrinterContext,
} from "@parley/core/invoices";
import { createModelAccess, type ModelAccess } from "@parley/core/language-models";
import { mailQueue } from "@parley/core/mail";
import { mediaQueue } from "@parley/core/media";
import { outboundQueue } from "@parley/core/outbound-queue";
import { createPresenceBoard, type PresenceBoard } from "@parley/core/presence";
import { personalDataQueue } from "@parley/core/personal-data";
import { rebuildQueue } from "@parley/core/rebuilds";
import { rulesSubscription } from "@parley/core/rules-queue";
import { slaSubscription, slaTimerQueue } from "@parley/core/sla-clocks";
import { createLoginThrottle, createRegistrationLimit } from "@parley/core/throttle";
import { timerQueue } from "@parley/core/timers";
import { createWebhookAcceptor, ingestQueue, type WebhookAcceptor } from "@parley/core/webhooks";
import type { Publisher } from "@parley/queue";
import type { Logger, ShutdownStack } from "@parley/runtime";
import type { ApiConfig } from "./config.ts";
import type { RateLimiting } from "./http/rate-limiting.ts";
import { createRequestCounter } from "./http/request-counter.ts";

/** Every queue that a request may write to, and that the dashboard shows. */
export const API_QUEUES = [
  ingestQueue,
  outboundQueue,
  mediaQueue,
  mailQueue,
  timerQueue,
  bulkQueue,
  contactImportQueue,
  personalDataQueue,
  rebuildQueue,
  slaTimerQueue,
];

/** Whose queues hear of what requests do. */
export const API_SUBSCRIPTIONS = [assignmentSubscription, rulesSubscription, slaSubscription];

/** What the server is built from; tests give their own. */
export interface ApiContext {
  system: Omit<AuthContext, "origin"> & { presence: PresenceBoard; models: ModelAccess } & PaymentContext &
    PrinterContext;
  identification: Identification;
  acceptor: WebhookAcceptor;
  publisher: Pick<Publisher, "queues" | "redis">;
  /** Null: requests are not limited. */
  limiting: RateLimiting | null;
  jwtSecret: string;
  /** The platform's own Meta app. */
  whatsApp: { appSecret: string; verifyToken: string };
  corsOrigins: readonly string[];
  /** Whose `X-Forwarded-*` headers are believed. */
  trustedProxies: readonly string[];
  secureCookies: boolean;
}

/** Opens database and queues and registers how to close them. */
export function openApiContext(options: { config: ApiConfig; logger: Logger; shutdown: ShutdownStack }): ApiContext {
  const { config, logger, shutdown } = options;
  const { publisher, ...opened } = openSystemContext({
    config: config.system,
    queues: API_QUEUES,
    subscriptions: API_SUBSCRIPTIONS,
    logger,
    shutdown,
  });
  const { redis } = config.system;
  const throttle = createLoginThrottle({ redis: publisher.redis, config: redis, logger });
  const perHour = config.rateLimits && config.rateLimits.address.register;
  const registrations = createRegistrationLimit({ redis: publisher.redis, config: redis, perHour });
  const presence = createPresenceBoard({ redis: publisher.redis, config: redis, logger });
  const models = createModelAccess({ ...config.models, clock: opened.clock, logger });
  shutdown.add("models", () => models.close());
  const system = {
    ...opened,
    passwords: createPasswordHasher(),
    throttle,
    registrations,
    presence,
    models,
    payments: createLocalPayments(),
    printer: createInvoicePrinter(),
  };
  return {
    system,
    identification: createIdentification(system),
    acceptor: createWebhookAcceptor(system),
    publisher,
    limiting: config.rateLimits && { limits: config.rateLimits, counter: createRequestCounter(publisher.redis), redis },
    jwtSecret: config.jwtSecret,
    whatsApp: config.whatsApp,
    corsOrigins: config.http.corsOrigins,
    trustedProxies: config.http.trustedProxies,
    secureCookies: config.secureCookies,
  };
}
