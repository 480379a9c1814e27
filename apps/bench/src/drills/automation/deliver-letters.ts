import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { nameOf } from "../harness/api-client.ts";
import type { Customer, Delivery } from "./plan-letters.ts";

export interface Delivering {
  /** Resolves when every webhook was answered with 200. */
  done: Promise<void>;
  /** How many were so far. */
  readonly acknowledged: number;
  /** By HTTP status; "no connection", "cut off" and "no answer in time" by those names. */
  answers: ReadonlyMap<string, number>;
}

const CONNECTIONS = 16;
const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_PAUSE_MS = 200;

/** Delivers what customers write, each one's in its order and all of them side by side, until it was answered with 200. */
export function deliverLetters(
  customers: readonly Customer[],
  { apiUrl, appSecret }: { apiUrl: string; appSecret: string },
): Delivering {
  const timeouts = { headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS };
  const pool = new Pool(apiUrl, { connections: CONNECTIONS, ...timeouts });
  const answers = new Map<string, number>();
  const startedAt = performance.now();
  let acknowledged = 0;

  async function post(body: string): Promise<void> {
    const signature = `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    for (;;) {
      const answer = await pool.request({ path: "/webhooks/whatsapp", method: "POST", headers, body }).then(
        async ({ statusCode, body: text }) => {
          await text.dump();
          return String(statusCode);
        },
        (error: unknown) => nameOf(error),
      );
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (answer === "200") break;
      await sleep(RETRY_PAUSE_MS);
    }
    acknowledged += 1;
  }

  async function deliver(customer: Customer): Promise<void> {
    for (const delivery of customer.deliveries) {
      await sleep(Math.max(0, startedAt + delivery.atMs - performance.now()));
      const body = JSON.stringify(webhookOf(customer, delivery));
      await post(body);
      if (delivery.isRepeated) await post(body);
    }
  }

  return {
    done: Promise.all(customers.map(deliver)).then(() => pool.close()),
    get acknowledged() {
      return acknowledged;
    },
    answers,
  };
}

function webhookOf({ desk, phone }: Customer, { letters }: Delivery): object {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550000000", phone_number_id: desk.phoneNumberId },
    contacts: [{ profile: { name: `Customer ${phone}` }, wa_id: phone }],
    messages: letters.map(({ externalId: id, text }) => ({
      from: phone,
      id,
      timestamp,
      type: "text",
      text: { body: text },
    })),
  };
  return { object: "whatsapp_business_account", entry: [{ id: "1", changes: [{ value, field: "messages" }] }] };
}
