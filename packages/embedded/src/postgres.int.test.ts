import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeClusterToCopy, type ClusterToCopy } from "./copied-cluster.fixture.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import { startPostgres } from "./postgres.ts";
import { removeEmbeddedData } from "./remove-embedded-data.ts";

const log = (): void => {};
let directory: string;
let servers: EmbeddedServer[];
let cluster: ClusterToCopy;

beforeAll(async () => {
  cluster = await makeClusterToCopy();
});

afterAll(() => cluster.remove());

async function start(options: { port?: number } = {}): Promise<EmbeddedServer> {
  const server = await startPostgres({ dataDir: join(directory, "postgres"), log, ...options });
  servers.push(server);
  return server;
}

/** Where it does not matter how the cluster came to be. */
const copyCluster = (): Promise<void> => cluster.copyTo(join(directory, "postgres"));

async function query<Row>(server: EmbeddedServer, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

beforeEach(async () => {
  servers = [];
  // Closed to everybody else, like root's home: as root, the server's user cannot enter it.
  directory = await mkdtemp(join(tmpdir(), "parley-embedded-"));
});

afterEach(async () => {
  for (const server of servers) await server.stop();
  await removeEmbeddedData(directory);
  await rm(directory, { recursive: true });
});

describe("startPostgres", () => {
  test("serves an empty, durable database to whoever has the password, and opens nobody's folder", async () => {
    const server = await start();
    const [row] = await query(
      server,
      `select current_database() as database, rolsuper as superuser, current_setting('fsync') as fsync,
              current_setting('synchronous_commit') as synchronous, current_setting('TimeZone') as zone,
              current_setting('server_encoding') as encoding, current_setting('listen_addresses') as addresses
         from pg_roles where rolname = current_user`,
    );
    expect(row).toEqual({
      database: "parley",
      superuser: true,
      fsync: "on",
      synchronous: "on",
      zone: "UTC",
      encoding: "UTF8",
      addresses: "127.0.0.1",
    });

    const wrong = new URL(server.url);
    wrong.password = "wrong";
    const client = new Client({ connectionString: wrong.href });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(directory, "postgres/password"))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test("keeps its data through stop, kill and restart, on the same port", async () => {
    await copyCluster();
    const server = await start();
    await query(server, "create table kept as select 1 as value");
    await server.restart();
    await query(server, "insert into kept values (2)");
    await server.kill();
    expect(isRunning(server.pid)).toBe(false);
    await server.restart();
    expect(await query(server, "select sum(value)::int as sum from kept")).toEqual([{ sum: 3 }]);
    await server.stop();
    await server.stop();
    const again = await start();
    expect(await query(again, "select count(*)::int as count from kept")).toEqual([{ count: 2 }]);
  });

  test("runs in an open folder too, with the cluster inside it", async () => {
    await chmod(directory, 0o755);
    await start();
    expect(existsSync(join(directory, "postgres/data"))).toBe(true);
  });

  test("begins anew when the password is gone, because then .parley was deleted", async () => {
    await copyCluster();
    const server = await start();
    await query(server, "create table lost ()");
    await server.stop();
    await rm(join(directory, "postgres/password"));
    const again = await start();
    expect(await query(again, "select to_regclass('lost') as found")).toEqual([{ found: null }]);
  });

  test("takes over from a process that was killed", async () => {
    const orphaned = await startInAnotherProcess();
    orphaned.owner.kill("SIGKILL");
    await once(orphaned.owner, "exit");
    // At once: whether the guard has already ended the orphan or not, the start must succeed.
    const server = await start();
    expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
    await hasEnded(orphaned.pid);
  });

  test("ends when its owner is killed", async () => {
    const orphaned = await startInAnotherProcess();
    orphaned.owner.kill("SIGKILL");
    await vi.waitFor(() => expect(isRunning(orphaned.pid)).toBe(false), { timeout: 10_000 });
  });

  test("refuses data that another process serves", async () => {
    const other = await startInAnotherProcess();
    await expect(start()).rejects.toThrow(`belongs to process ${other.owner.pid}`);
    other.owner.kill("SIGKILL");
    await hasEnded(other.pid);
  });

  test("says why it did not start", async () => {
    await copyCluster();
    const options = { dataDir: join(directory, "postgres"), settings: { shared_buffers: "nonsense" }, log };
    await expect(startPostgres(options)).rejects.toThrow(/invalid value for parameter "shared_buffers"/);
    expect(await readFile(join(directory, "postgres/server.log"), "utf8")).toContain("nonsense");
  });
});

/** An orphan's pid stays until init has collected it. */
function hasEnded(pid: number): Promise<void> {
  return vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
}

async function startInAnotherProcess(): Promise<{ owner: ReturnType<typeof spawn>; pid: number }> {
  await copyCluster();
  const script = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, "postgres.ts"))};
    const server = await startPostgres({ dataDir: process.argv[1], log: () => {} });
    console.log(server.pid);`;
  const args = ["--input-type=module", "-e", script, join(directory, "postgres")];
  const owner = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(owner.stdout, "data")) as [Buffer];
  return { owner, pid: Number(line.toString()) };
}
