import type { EmbeddedServer } from "@parley/embedded";
import pg from "pg";

/** Lets a server of ours remember when each transaction was committed. It has to start again for that, once. */
export async function keepCommitTimes(server: EmbeddedServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>("select current_setting('track_commit_timestamp') as value");
    if (rows[0]?.value === "on") return;
    await client.query("alter system set track_commit_timestamp = on");
  } finally {
    await client.end();
  }
  await server.restart();
}
