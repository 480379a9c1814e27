import { compareSets, equal, none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";
import type { Payload } from "./build-payloads.ts";
import type { WebhookLedger } from "./post-webhooks.ts";

/** Every acknowledged body is stored once; received = applied + ignored + quarantined, each as its content demands. */
export async function checkRawEvents(reader: Reader, ledger: WebhookLedger): Promise<Check[]> {
  const payloads = new Map(ledger.acknowledged.map(({ payload }) => [payload.hash, payload]));
  const rows = await reader.rows<{ hash: string; status: string; reason: string | null }>(
    `select encode(body_hash, 'hex') as hash, status, reason from raw_webhook_event`,
  );
  const expectedOf = (status: Payload["status"]): number =>
    [...payloads.values()].filter((payload) => payload.status === status).length;
  const foundOf = (status: string): number => rows.filter((row) => row.status === status).length;
  return [
    compareSets(
      "raw events, by their bytes",
      new Set(payloads.keys()),
      rows.map((row) => row.hash),
    ),
    equal("… applied", expectedOf("APPLIED"), foundOf("APPLIED")),
    equal("… ignored", expectedOf("IGNORED"), foundOf("IGNORED")),
    equal("… quarantined", expectedOf("QUARANTINED"), foundOf("QUARANTINED")),
    none(
      "… with another outcome than their content demands",
      rows
        .filter((row) => {
          const payload = payloads.get(row.hash);
          const reason = payload?.status === "QUARANTINED" ? "unknown_inbox" : null;
          return payload && (payload.status !== row.status || reason !== row.reason);
        })
        .map((row) => `${row.hash}: ${row.status} (${row.reason ?? "no reason"})`),
    ),
  ];
}
