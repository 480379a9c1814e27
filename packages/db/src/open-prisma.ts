import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client.ts";
import { poolOptions, type DatabaseTimeouts } from "./pool-options.ts";

/**
 * The bare client over a pool of its own. Only `openDatabase` uses it, and the benchmarks, whose baselines are written
 * without our transactions.
 */
export function openPrisma(
  connectionString: string,
  max: number,
  onPoolError: (error: Error) => void,
  timeouts?: DatabaseTimeouts,
): PrismaClient {
  const adapter = new PrismaPg(poolOptions(connectionString, max, timeouts), {
    onPoolError,
    onConnectionError: onPoolError,
  });
  return new PrismaClient({ adapter });
}
