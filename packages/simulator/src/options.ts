import { randomInt } from "node:crypto";
import { createSilentLogger, type Logger } from "@parley/runtime";
import type { AccountOptions } from "./accounts.ts";
import type { FaultsInput } from "./faults.ts";
import { META_LIMITS, type Limits } from "./limits.ts";

/** When statuses leave, in milliseconds after acceptance. `false`: that status never comes. */
export interface StatusDelays {
  sentMs: number;
  deliveredMs: number | false;
  readMs: number | false;
}

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  /** Where webhooks go. Without it nothing is sent until `setWebhookUrl`. */
  webhookUrl?: string;
  /** Signs the webhooks. */
  appSecret: string;
  /** Sent by `verifyWebhook`. */
  verifyToken?: string;
  logger?: Logger;
  /** Language models refuse every other key. Not given: any key will do, except the word "wrong". */
  modelApiKey?: string;
  /** By phone number id. Numbers that are not named here exist all the same. */
  accounts?: Record<string, AccountOptions>;
  /** Meta's limits unless given. */
  limits?: Partial<Limits>;
  /** Refuse free-form messages to users who have not written for 24 h (131047). Off unless asked for. */
  enforceWindow?: boolean;
  statuses?: Partial<StatusDelays>;
  /** The most statuses that one webhook carries when several wait at the same time. */
  batchStatuses?: number;
  /** Webhooks of one user go one after the other. Off: they race, as Meta allows itself. */
  orderedDelivery?: boolean;
  /** How many webhooks may be under way at once. */
  webhookConcurrency?: number;
  /** How long a webhook may take to be answered. */
  webhookTimeoutMs?: number;
  /** Pauses before the second, third … attempt at a webhook; the last one repeats for as long as it takes. */
  redeliveryDelaysMs?: number[];
  /** How long the fault `reorder` waits for something to overtake. */
  reorderHoldMs?: number;
  /** How long a send that is never answered keeps its connection. */
  hangMs?: number;
  /** In force from the start. */
  faults?: FaultsInput;
  /** Determines the message ids. Unless given, each run has its own: a receiver remembers ids for ever. */
  seed?: number;
  /** Milliseconds since 1970, never going back. For tests. */
  now?: () => number;
}

const META_LIKE_BACKOFF_MS = [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000];

export function withDefaults(options: SimulatorOptions) {
  const {
    port = 0,
    host = "127.0.0.1",
    verifyToken = "",
    logger = createSilentLogger(),
    accounts = {},
    enforceWindow = false,
    batchStatuses = 1,
    orderedDelivery = true,
    webhookConcurrency = 64,
    webhookTimeoutMs = 10_000,
    redeliveryDelaysMs = META_LIKE_BACKOFF_MS,
    reorderHoldMs = 1_000,
    hangMs = 60_000,
    faults = {},
    seed = randomInt(2 ** 47),
    now = () => performance.timeOrigin + performance.now(),
  } = options;
  const limits: Limits = { ...META_LIMITS, ...options.limits };
  const statuses: StatusDelays = { sentMs: 20, deliveredMs: 60, readMs: 120, ...options.statuses };
  return {
    webhookUrl: options.webhookUrl,
    appSecret: options.appSecret,
    modelApiKey: options.modelApiKey,
    port,
    host,
    verifyToken,
    logger,
    accounts,
    limits,
    enforceWindow,
    statuses,
    batchStatuses,
    orderedDelivery,
    webhookConcurrency,
    webhookTimeoutMs,
    redeliveryDelaysMs,
    reorderHoldMs,
    hangMs,
    faults,
    seed,
    now,
  };
}
