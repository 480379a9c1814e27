import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ConfigError, processEnv } from "@parley/runtime";
import type { Log } from "./embedded-server.ts";

const SERVERS = ["redis-server", "valkey-server"];

export const HOW_TO_GET_REDIS =
  "install it (brew install redis, apt-get install redis-server, dnf install valkey), " +
  "or start one (docker compose up redis) and set REDIS_URL";

/** The Redis or Valkey server of this machine; root on Debian and Ubuntu gets it installed. `path` is the PATH. */
export async function findRedisServer(options: { path: string; isRoot: boolean; log: Log }): Promise<string> {
  const { path, isRoot, log } = options;
  const found = findOnPath(path, SERVERS);
  if (found) return found;
  const aptGet = isRoot ? findOnPath(path, ["apt-get"]) : undefined;
  if (!aptGet) throw new ConfigError(`no redis-server or valkey-server was found: ${HOW_TO_GET_REDIS}`);
  log("Redis: installing redis-server with apt-get");
  await installWithApt(aptGet, log);
  const installed = findOnPath(path, SERVERS);
  if (!installed) throw new ConfigError(`apt-get could not install redis-server: ${HOW_TO_GET_REDIS}`);
  return installed;
}

export function findOnPath(path: string, names: readonly string[]): string | undefined {
  const candidates = names.flatMap((name) => path.split(delimiter).map((directory) => join(directory, name)));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const SERVICE_POLICY_FILE = "/usr/sbin/policy-rc.d";

async function installWithApt(aptGet: string, log: Log): Promise<void> {
  // Debian starts a service that it installs, unless this file says 101; the port would be taken by a Redis that drops data.
  const ours = await writeFile(SERVICE_POLICY_FILE, "#!/bin/sh\nexit 101\n", { mode: 0o755, flag: "wx" }).then(
    () => true,
    () => false,
  );
  try {
    const install = ["install", "-y", "--no-install-recommends", "redis-server"];
    if (await run(aptGet, install, log)) return;
    log("Redis: the package list is old, updating it");
    await run(aptGet, ["update"], log);
    await run(aptGet, install, log);
  } finally {
    if (ours) await rm(SERVICE_POLICY_FILE, { force: true });
  }
}

function run(command: string, args: string[], log: Log): Promise<boolean> {
  const child = spawn(command, args, {
    env: { ...processEnv, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stdout.resume();
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => {
      if (code !== 0) log(`Redis: apt-get ${args[0]} failed: ${errors.trim().split("\n").at(-1) ?? ""}`);
      resolve(code === 0);
    });
  });
}
