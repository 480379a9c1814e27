import type { Logger } from "@parley/runtime";
import { createFifo } from "../fifo.ts";
import type { WebhookCounts } from "../ledger-records.ts";
import type { Timers } from "../timers.ts";
import { escapeToAscii } from "./escape-to-ascii.ts";
import { createLanes, type Parcel } from "./lanes.ts";
import { buildPayload } from "./payload.ts";
import { signBody } from "./sign-body.ts";
import type { WebhookClient } from "./webhook-client.ts";

/** Brings parcels to their webhooks, and again and again until each was answered with 200. */
export interface Courier {
  /** Takes a parcel on after `delayMs`. Without a webhook URL there is no subscription, and nothing is sent. */
  send(parcel: Parcel, delayMs: number): void;
  /** How many parcels were not acknowledged yet. */
  readonly pending: number;
  /** Resolves when every parcel was acknowledged and every duplicate was sent. */
  idle(): Promise<void>;
  /** Forgets everything that is under way. */
  abandon(): void;
}

export interface CourierOptions {
  client: WebhookClient;
  timers: Timers;
  /** Its counters are replaced by a reset, so they are looked up each time. */
  ledger: { readonly webhooks: WebhookCounts };
  logger: Logger;
  concurrency: number;
  batchStatuses: number;
  redeliveryDelaysMs: readonly number[];
  ordered: boolean;
  holdMs: number;
}

interface Webhook {
  parcels: Parcel[];
  body: string;
  signature: string;
  /** POSTs made so far. */
  attempts: number;
  isDuplicate: boolean;
}

export function createCourier(options: CourierOptions): Courier {
  const { client, timers, ledger, logger } = options;
  const outstanding = new Set<Parcel>();
  const again = createFifo<Webhook>();
  const lanes = createLanes({ ordered: options.ordered, holdMs: options.holdMs, timers, onReady: schedulePump });
  let idleResolvers: (() => void)[] = [];
  let inFlight = 0;
  let pumpScheduled = false;
  /** What was under way when the simulator was reset reports to an epoch that is over. */
  let epoch = 0;

  /** Statuses that come due in the same turn of the event loop can share a webhook. */
  function schedulePump(): void {
    if (pumpScheduled) return;
    pumpScheduled = true;
    setImmediate(() => {
      pumpScheduled = false;
      pump();
    });
  }

  function pump(): void {
    while (inFlight < options.concurrency) {
      const webhook = again.shift() ?? nextWebhook();
      if (!webhook) return;
      void carry(webhook);
    }
  }

  function nextWebhook(): Webhook | undefined {
    const parcels = lanes.take(options.batchStatuses);
    const [first] = parcels;
    if (!first) return undefined;
    const body = escapeToAscii(JSON.stringify(buildPayload(parcels.flatMap((parcel) => parcel.updates))));
    return { parcels, body, signature: signBody(first.endpoint.appSecret, body), attempts: 0, isDuplicate: false };
  }

  async function carry(webhook: Webhook): Promise<void> {
    const startedIn = epoch;
    inFlight += 1;
    webhook.attempts += 1;
    ledger.webhooks.sent += 1;
    if (webhook.isDuplicate) ledger.webhooks.duplicated += 1;
    else if (webhook.attempts > 1) ledger.webhooks.redelivered += 1;

    const url = webhook.parcels[0]?.endpoint.url;
    const acknowledged = url !== undefined && (await client.post(url, webhook.body, webhook.signature));
    inFlight -= 1;
    if (startedIn === epoch) settle(webhook, acknowledged);
    schedulePump();
  }

  function settle(webhook: Webhook, acknowledged: boolean): void {
    if (!acknowledged) ledger.webhooks.failed += 1;
    if (webhook.isDuplicate) {
      finish(webhook);
      return;
    }
    if (acknowledged) acknowledge(webhook);
    else redeliverLater(webhook);
    if (webhook.attempts > 1) return;
    lanes.settle(webhook.parcels);
    for (const parcel of webhook.parcels) parcel.onFirstAttempt?.(acknowledged);
  }

  function acknowledge(webhook: Webhook): void {
    ledger.webhooks.acknowledged += 1;
    for (const parcel of webhook.parcels) {
      for (const update of parcel.updates) update.record.acknowledged = true;
    }
    if (webhook.parcels.some((parcel) => parcel.duplicate)) again.push({ ...webhook, isDuplicate: true });
    else finish(webhook);
  }

  function redeliverLater(webhook: Webhook): void {
    const delays = options.redeliveryDelaysMs;
    const delayMs = delays[Math.min(webhook.attempts, delays.length) - 1] ?? 1000;
    logger.debug({ attempts: webhook.attempts, delayMs }, "webhook not acknowledged, will be redelivered");
    timers.after(delayMs, () => {
      again.push(webhook);
      schedulePump();
    });
  }

  function finish(webhook: Webhook): void {
    for (const parcel of webhook.parcels) outstanding.delete(parcel);
    if (outstanding.size === 0) resolveIdle();
  }

  function resolveIdle(): void {
    for (const resolve of idleResolvers) resolve();
    idleResolvers = [];
  }

  return {
    send(parcel, delayMs) {
      if (parcel.endpoint.url === undefined) {
        parcel.onFirstAttempt?.(false);
        return;
      }
      outstanding.add(parcel);
      const submit = (): void => {
        lanes.submit(parcel);
        schedulePump();
      };
      if (delayMs > 0) timers.after(delayMs, submit);
      else submit();
    },
    get pending() {
      return outstanding.size;
    },
    idle: () =>
      outstanding.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => idleResolvers.push(resolve)),
    abandon() {
      epoch += 1;
      const forgotten = [...outstanding];
      outstanding.clear();
      again.clear();
      lanes.clear();
      for (const parcel of forgotten) parcel.onFirstAttempt?.(false);
      resolveIdle();
    },
  };
}
