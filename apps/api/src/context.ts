import { createIdentification, createPasswordHasher, type AuthContext, type Identification } from "@parley/core/auth";
import { openSystemContext } from "@parley/core/context";
import { outboundQueue } from "@parley/core/outbound-queue";
import { createWebhookAcceptor, ingestQueue, type WebhookAcceptor } from "@parley/core/webhooks";
import type { Publisher } from "@parley/queue";
import type { Logger, ShutdownStack } from "@parley/runtime";
import type { ApiConfig } from "./config.ts";

/** Every queue that a request may write to, and that the dashboard shows. */
export const API_QUEUES = [ingestQueue, outboundQueue];

/** What the server is built from; tests give their own. */
export interface ApiContext {
  system: Omit<AuthContext, "origin">;
  identification: Identification;
  acceptor: WebhookAcceptor;
  publisher: Pick<Publisher, "queues" | "redis">;
  jwtSecret: string;
  /** The platform's own Meta app. */
  whatsApp: { appSecret: string; verifyToken: string };
  corsOrigins: readonly string[];
  secureCookies: boolean;
}

/** Opens database and queues and registers how to close them. */
export function openApiContext(options: { config: ApiConfig; logger: Logger; shutdown: ShutdownStack }): ApiContext {
  const { config, logger, shutdown } = options;
  const { publisher, ...opened } = openSystemContext({ config: config.system, queues: API_QUEUES, logger, shutdown });
  const system = { ...opened, passwords: createPasswordHasher() };
  return {
    system,
    identification: createIdentification(system),
    acceptor: createWebhookAcceptor(system),
    publisher,
    jwtSecret: config.jwtSecret,
    whatsApp: config.whatsApp,
    corsOrigins: config.http.corsOrigins,
    secureCookies: config.secureCookies,
  };
}
