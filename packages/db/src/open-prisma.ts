import { PrismaClient } from "./generated/client.ts";
import { poolOptions, type DatabaseTimeouts } from "./pool-options.ts";
import { PrismaConnections } from "./prisma-connections.ts";

/**
 * The bare client over a pool of its own. Only `openDatabase` uses it, and the benchmarks, whose baselines are written
 * without our transactions.
 */
export function openPrisma(
  connectionString: string,
  max: number,
  onPoolError: (error: Error) => void,
  { timeouts, settings }: { timeouts?: DatabaseTimeouts; settings?: string } = {},
): PrismaClient {
  const config = { ...poolOptions(connectionString, max, timeouts), ...(settings && { options: settings }) };
  const adapter = new PrismaConnections(config, { onPoolError, onConnectionError: onPoolError });
  return new PrismaClient({ adapter });
}
