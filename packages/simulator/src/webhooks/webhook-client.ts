import { randomInt } from "node:crypto";
import { Pool } from "undici";

export interface WebhookClient {
  /** POSTs the body; true when it was answered with 200 in time. Never throws. */
  post(url: string, body: string, signature: string): Promise<boolean>;
  /** Meta's handshake when a callback is set: true when the endpoint gave the challenge back. */
  verify(url: string, verifyToken: string): Promise<boolean>;
  close(): Promise<void>;
}

interface Target {
  pool: Pool;
  path: string;
}

export function createWebhookClient(options: { connections: number; timeoutMs: number }): WebhookClient {
  const { connections, timeoutMs } = options;
  const pools = new Map<string, Pool>();
  const targets = new Map<string, Target>();

  function targetOf(url: string): Target {
    let target = targets.get(url);
    if (!target) {
      const { origin, pathname, search } = new URL(url);
      let pool = pools.get(origin);
      if (!pool) {
        pool = new Pool(origin, {
          connections,
          connectTimeout: timeoutMs,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        pools.set(origin, pool);
      }
      target = { pool, path: pathname + search };
      targets.set(url, target);
    }
    return target;
  }

  return {
    async post(url, body, signature) {
      try {
        const { pool, path } = targetOf(url);
        const answer = await pool.request({
          path,
          method: "POST",
          headers: { "content-type": "application/json", "x-hub-signature-256": signature },
          body,
        });
        await answer.body.dump();
        return answer.statusCode === 200;
      } catch {
        // Refused, reset or late: all the same to Meta, the webhook comes again.
        return false;
      }
    },
    async verify(url, verifyToken) {
      const challenge = String(randomInt(1_000_000_000, 10_000_000_000));
      const query = new URLSearchParams({
        "hub.mode": "subscribe",
        "hub.verify_token": verifyToken,
        "hub.challenge": challenge,
      });
      try {
        const { pool, path } = targetOf(url);
        const answer = await pool.request({
          path: `${path}${path.includes("?") ? "&" : "?"}${query.toString()}`,
          method: "GET",
        });
        const text = await answer.body.text();
        return answer.statusCode === 200 && text === challenge;
      } catch {
        // Unreachable is unverified.
        return false;
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
