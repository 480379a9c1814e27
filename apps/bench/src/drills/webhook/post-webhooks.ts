import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { nameOf } from "../harness/api-client.ts";
import type { Payload } from "./build-payloads.ts";

/** One webhook that was answered with 200. Times are milliseconds of one clock. */
export interface Acknowledgement {
  payload: Payload;
  firstSentAt: number;
  acknowledgedAt: number;
  attempts: number;
}

/** What the world knows of the load: append-only. */
export interface WebhookLedger {
  readonly acknowledged: readonly Acknowledgement[];
  /** Answers by HTTP status; "no connection", "cut off" and "no answer in time" by those names. */
  readonly answers: ReadonlyMap<string, number>;
  readonly slowestMs: number;
}

export interface Posting {
  ledger: WebhookLedger;
  /** Resolves when every payload was acknowledged. */
  done: Promise<void>;
}

/** As long as Meta may wait. An answer that takes longer is a hang. */
const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_PAUSES_MS = [50, 100, 200, 400, 800];

/**
 * Posts every payload, evenly over `loadMs` and at most `concurrency` at once, and again until it was answered with
 * 200, as Meta does.
 */
export function postWebhooks(
  payloads: readonly Payload[],
  options: { url: string; appSecret: string; loadMs: number; concurrency: number },
): Posting {
  const { origin, pathname } = new URL(options.url);
  const pool = new Pool(origin, {
    connections: options.concurrency,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    connectTimeout: ANSWER_TIMEOUT_MS,
  });
  const acknowledged: Acknowledgement[] = [];
  const answers = new Map<string, number>();
  const ledger = { acknowledged, answers, slowestMs: 0 };
  const startedAt = performance.now();
  let next = 0;

  async function post(payload: Payload): Promise<void> {
    const signature = `sha256=${createHmac("sha256", options.appSecret).update(payload.body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    const firstSentAt = performance.now();
    for (let attempts = 1; ; attempts += 1) {
      const sentAt = performance.now();
      const answer = await postOnce(payload.body, headers);
      const acknowledgedAt = performance.now();
      ledger.slowestMs = Math.max(ledger.slowestMs, acknowledgedAt - sentAt);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (answer === "200") {
        acknowledged.push({ payload, firstSentAt, acknowledgedAt, attempts });
        return;
      }
      await sleep(RETRY_PAUSES_MS[Math.min(attempts, RETRY_PAUSES_MS.length) - 1]);
    }
  }

  async function postOnce(body: string, headers: Record<string, string>): Promise<string> {
    try {
      const answer = await pool.request({ path: pathname, method: "POST", headers, body });
      await answer.body.dump();
      return String(answer.statusCode);
    } catch (error) {
      return nameOf(error);
    }
  }

  async function work(): Promise<void> {
    for (let index = next++; index < payloads.length; index = next++) {
      const payload = payloads[index];
      if (!payload) return;
      const early = startedAt + (index / payloads.length) * options.loadMs - performance.now();
      if (early > 1) await sleep(early);
      await post(payload);
    }
  }

  const workers = Array.from({ length: options.concurrency }, work);
  return { ledger, done: Promise.all(workers).then(() => pool.close()) };
}
