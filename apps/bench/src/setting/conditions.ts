import { availableParallelism, loadavg } from "node:os";
import { Redis } from "ioredis";
import pg from "pg";

/** What a figure depends on: machine, load before the start, versions, and that commits wait for the disk. */
export async function describeConditions(databaseUrl: string, redisUrl: string): Promise<string> {
  const [load] = loadavg();
  return [
    `${availableParallelism()} cores, load ${load?.toFixed(2)}`,
    await describePostgres(databaseUrl),
    await describeRedis(redisUrl),
    `Node ${process.versions.node}`,
  ].join("; ");
}

async function describePostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; fsync: string; commit: string }>(
      `select current_setting('server_version') as version, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as commit`,
    );
    const [row] = rows;
    return `PostgreSQL ${row?.version} (fsync ${row?.fsync}, synchronous_commit ${row?.commit})`;
  } finally {
    await client.end();
  }
}

async function describeRedis(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const info = await redis.info("server", "persistence");
    const version = /redis_version:(\S+)/.exec(info)?.[1];
    const appendOnly = /aof_enabled:1/.test(info) ? "on" : "off";
    return `Redis ${version} (append-only ${appendOnly})`;
  } finally {
    redis.disconnect();
  }
}
