import { createHash } from "node:crypto";
import { newId } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import { bodyOf, type PlannedEvent } from "./plan-events.ts";

const INSERT = `
  insert into raw_webhook_event (id, channel, source, body, body_hash, received_at)
  select id, 'WHATSAPP', 'whatsapp', body, body_hash, $4 from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as w (id, body, body_hash)`;

const CHUNK = 2_000;

/** Stores the webhooks as the API would have, and returns their ids in the order of the events. */
export async function insertRawEvents(database: BenchDatabase, events: readonly PlannedEvent[]): Promise<string[]> {
  const at = new Date();
  const bodies = events.map((event) => bodyOf(event, at));
  const ids = events.map(() => newId());
  await withSystem(database, async (client) => {
    for (let start = 0; start < ids.length; start += CHUNK) {
      const part = bodies.slice(start, start + CHUNK);
      const hashes = part.map((body) => createHash("sha256").update(body).digest());
      await client.query(INSERT, [ids.slice(start, start + CHUNK), part, hashes, at]);
    }
  });
  return ids;
}
