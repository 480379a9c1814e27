import { createAccounts } from "./accounts.ts";
import { createFaultDraws } from "./fault-draws.ts";
import { parseFaults, type Faults, type FaultsInput } from "./faults.ts";
import { createMediaStore } from "./graph/media-store.ts";
import { createServiceWindows } from "./graph/service-windows.ts";
import { createHeldSockets } from "./held-sockets.ts";
import { createHttpServer } from "./http-server.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { createLimiter } from "./limits.ts";
import { createMessageIds } from "./message-ids.ts";
import { createModelWorld, resetModels } from "./models/model-world.ts";
import { createModelControl, type SimulatedModels } from "./models/simulated-models.ts";
import { withDefaults, type SimulatorOptions } from "./options.ts";
import { createTimers } from "./timers.ts";
import { createCourier } from "./webhooks/courier.ts";
import { deliverInbound, type InboundInput, type InboundResult } from "./webhooks/deliver-inbound.ts";
import { createWebhookClient } from "./webhooks/webhook-client.ts";
import type { World } from "./world.ts";

export interface Simulator {
  /** `http://127.0.0.1:4010`, what Parley takes for `https://graph.facebook.com`. */
  readonly url: string;
  readonly port: number;
  readonly ledger: Ledger;
  readonly models: SimulatedModels;
  /** How many inbound webhooks and statuses were not acknowledged yet. */
  readonly pending: number;
  /** Replaces all faults and starts their sequences anew. What is not named is off. */
  setFaults(faults: FaultsInput): Faults;
  /** An empty ledger, fresh limits, no faults, nothing under way. Message ids go on: none is used twice. */
  reset(): void;
  /** A user writes. Resolves when each webhook was tried once. */
  deliverInbound(inbound: InboundInput): Promise<InboundResult>;
  /** From the next attempt on, redeliveries included. Undefined ends the subscription. */
  setWebhookUrl(url: string | undefined): void;
  /** Meta's handshake with the webhook URL: true when the challenge came back. */
  verifyWebhook(): Promise<boolean>;
  /** Resolves when every update was acknowledged, and every duplicate sent. */
  waitForIdle(): Promise<void>;
  /** Ends every connection at once; what is still to be delivered is forgotten. */
  stop(): Promise<void>;
}

/** Starts the outside world. Rejects with the system's error when the port cannot be had. */
export async function startSimulator(given: SimulatorOptions): Promise<Simulator> {
  const options = withDefaults(given);
  const timers = createTimers();
  const endpoint = { url: options.webhookUrl, appSecret: options.appSecret };
  const client = createWebhookClient({ connections: options.webhookConcurrency, timeoutMs: options.webhookTimeoutMs });
  const ledger = createLedger();
  const courier = createCourier({
    client,
    timers,
    ledger,
    logger: options.logger,
    concurrency: options.webhookConcurrency,
    batchStatuses: options.batchStatuses,
    redeliveryDelaysMs: options.redeliveryDelaysMs,
    ordered: options.orderedDelivery,
    holdMs: options.reorderHoldMs,
  });
  const world: World = {
    now: options.now,
    nextMessageId: createMessageIds(options.seed),
    accounts: createAccounts(options.accounts, endpoint),
    ledger,
    limiter: createLimiter(options.limits),
    windows: createServiceWindows(options.enforceWindow),
    media: createMediaStore(options.now),
    courier,
    heldSockets: createHeldSockets(timers, options.hangMs),
    statusDelays: options.statuses,
    faults: createFaultDraws(parseFaults(options.faults)),
  };

  const { now, modelApiKey: apiKey } = options;
  const models = createModelWorld({ now, timers, heldSockets: world.heldSockets, apiKey });
  const modelControl = createModelControl(models);

  function setFaults(input: unknown): Faults {
    const faults = parseFaults(input);
    world.faults = createFaultDraws(faults);
    options.logger.info({ seed: faults.seed }, "faults set");
    return faults;
  }

  function abandonAll(): void {
    world.heldSockets.destroyAll();
    timers.clear();
    courier.abandon();
  }

  function reset(): void {
    abandonAll();
    ledger.clear();
    world.limiter.clear();
    world.windows.clear();
    world.media.clear();
    resetModels(models);
    setFaults({});
  }

  const verifyWebhook = async (): Promise<boolean> =>
    endpoint.url !== undefined && client.verify(endpoint.url, options.verifyToken);

  const app = createHttpServer(world, models, {
    ledger,
    models: modelControl,
    deliverInbound: (input) => deliverInbound(world, input),
    setFaults: (input) => faultsJson(setFaults(input)),
    verifyWebhook,
    reset,
    pending: () => courier.pending,
    webhookUrl: () => endpoint.url,
  });
  const url = await app.listen({ host: options.host, port: options.port });

  return {
    url,
    port: Number(new URL(url).port),
    ledger,
    models: { openAiUrl: `${url}/openai/v1`, geminiUrl: `${url}/gemini/v1beta`, ...modelControl },
    get pending() {
      return courier.pending;
    },
    setFaults,
    reset,
    deliverInbound: (inbound) => deliverInbound(world, inbound),
    setWebhookUrl: (webhookUrl) => {
      endpoint.url = webhookUrl;
    },
    verifyWebhook,
    waitForIdle: () => courier.idle(),
    async stop() {
      abandonAll();
      await app.close();
      // Requests that were answered while the server closed may have scheduled more.
      abandonAll();
      await client.close();
    },
  };
}

function faultsJson(faults: Faults): object {
  return {
    ...faults,
    failRecipients: Object.fromEntries(faults.failRecipients),
    failRecipientsLater: Object.fromEntries(faults.failRecipientsLater),
  };
}
