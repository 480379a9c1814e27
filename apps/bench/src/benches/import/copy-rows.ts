import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { newId } from "@parley/runtime";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId } from "../../world/bench-ids.ts";
import { pieces, plannedPerson } from "./planned-lines.ts";

/**
 * The rows that an import of so many lines writes, by COPY: contacts, two identifiers each, and the log. One transaction,
 * as the owner, whom row-level security lets COPY. Nothing is read, checked or looked up. Returns seconds.
 */
export async function copyRows(database: BenchDatabase, lines: number): Promise<number> {
  const tenant = benchId("tenant", 0);
  const ids = Array.from({ length: lines }, () => newId());
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const began = performance.now();
    await client.query("begin");
    await copy(client, "contact_identifier (tenant_id, type, value, contact_id, is_primary)", lines, (n) => {
      const { email, phone } = plannedPerson(n);
      return `${tenant}\tEMAIL\t${email}\t${ids[n]}\tt\n${tenant}\tPHONE\t${phone}\t${ids[n]}\tt\n`;
    });
    await copy(client, "contact (tenant_id, id, name, tags)", lines, (n) => {
      return `${tenant}\t${ids[n]}\t${plannedPerson(n).name}\t{imported}\n`;
    });
    await copy(client, "event (tenant_id, type, actor_type, actor_id, contact_id, data)", lines, (n) => {
      return `${tenant}\tCONTACT_CREATED\tAGENT\t${benchId("agent", 0)}\t${ids[n]}\t{"importId": "${tenant}"}\n`;
    });
    await client.query("commit");
    return (performance.now() - began) / 1_000;
  } finally {
    await client.end();
  }
}

async function copy(client: pg.Client, into: string, count: number, textOf: (n: number) => string): Promise<void> {
  await pipeline(Readable.from(pieces(count, "", textOf)), client.query(copyFrom(`copy ${into} from stdin`)));
}
