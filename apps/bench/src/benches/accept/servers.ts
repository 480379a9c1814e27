import type { BenchDatabase } from "../../setting/bench-database.ts";
import { programEnvironment } from "../../setting/environment.ts";
import type { Program } from "../../setting/program.ts";
import type { BenchRun } from "../bench.ts";
import { startBenchProgram } from "../start-bench-program.ts";

/** A server that webhooks are posted to. */
export interface AcceptingServer {
  what: string;
  url: string;
  program: Program;
  /** Where it stores them; none for the one that forgets. */
  database: BenchDatabase | undefined;
}

export interface AcceptingServers {
  naive: AcceptingServer;
  noStorage: AcceptingServer;
  parley: AcceptingServer;
  parleyWithoutRedis: AcceptingServer;
}

const FILES = {
  naive: "apps/bench/src/benches/accept/naive-server.ts",
  noStorage: "apps/bench/src/benches/accept/no-storage-server.ts",
  parley: "apps/api/src/main.ts",
};

/** Starts every contender as a process of its own; each that stores has a database of its own on the same server. */
export async function startServers(run: BenchRun): Promise<AcceptingServers> {
  const { services } = run;
  const spareRedis = await services.startSpareRedis();
  const start = async (what: string, file: string, redisUrl: string, stores: boolean): Promise<AcceptingServer> => {
    const database = await services.createDatabase();
    const env = programEnvironment({ database, redisUrl, redisPrefix: services.newRedisPrefix() }, { PORT: "0" });
    const name = `accept-${what.replaceAll(/\W+/g, "-")}`;
    const program = await startBenchProgram(run, name, file, env);
    const url = program.url ?? (await program.call<string>("url"));
    return { what, url, program, database: stores ? database : undefined };
  };

  const servers: AcceptingServers = {
    naive: await start("naive: a row with Prisma and a job a request", FILES.naive, services.redisUrl, true),
    noStorage: await start("no storage: the same checks, nothing kept", FILES.noStorage, services.redisUrl, false),
    parley: await start("Parley: apps/api", FILES.parley, services.redisUrl, true),
    parleyWithoutRedis: await start("Parley with Redis stopped", FILES.parley, spareRedis.url, true),
  };
  await spareRedis.stop();
  return servers;
}
